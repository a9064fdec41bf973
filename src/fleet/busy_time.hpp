#pragma once

#include <cstddef>

#include "fleet/clock.hpp"

namespace yolofleet::fleet {

/// The time during which at least one of several workers was busy. Not for several threads at once.
class BusyTime {
 public:
  /// One more is busy.
  void begin(Clock::time_point now) {
    if (workers_++ == 0) {
      since_ = now;
    }
  }
  /// One fewer is busy.
  void end(Clock::time_point now) {
    if (--workers_ == 0) {
      sum_ += now - since_;
    }
  }
  Clock::duration until(Clock::time_point now) const {
    return workers_ > 0 ? sum_ + (now - since_) : sum_;
  }

 private:
  std::size_t workers_ = 0;
  Clock::time_point since_{};
  Clock::duration sum_{};  // up to the last time that none was busy
};

}  // namespace yolofleet::fleet
