#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "fleet/busy_time.hpp"
#include "fleet/clock.hpp"
#include "yolofleet/picture.hpp"
#include "yolofleet/report.hpp"

namespace yolofleet::fleet {

/// Counts the work of one lane. Not for several threads at once.
class Account {
 public:
  /// The lane accepted a batch. `queued`: how long its pictures had waited, summed over them.
  void given(std::size_t pictures, Clock::duration queued, Clock::time_point now);

  /// The lane returned a batch with `pictures` results, of which `failures` are errors. Pictures
  /// that go on to another lane aren't counted: if all of a batch do, `pictures` is 0.
  void came_back(std::size_t pictures, std::size_t failures, Clock::time_point now);

  std::uint64_t pictures() const { return pictures_; }

  /// Fills in the counts. `all`: the number of pictures that all lanes have finished.
  void write(DeviceReport& report, std::uint64_t all, Clock::time_point now) const;

 private:
  std::uint64_t given_ = 0;  // pictures
  Clock::duration queued_{};
  std::uint64_t pictures_ = 0;
  std::uint64_t failures_ = 0;
  std::uint64_t batches_ = 0;
  BusyTime busy_;  // a worker is a batch in the lane
};

/// Counts the pictures of a fleet. Not for several threads at once.
class Totals {
 public:
  void submitted(Clock::time_point now);
  void finished(const PictureResult& result, Clock::time_point now);

  /// Fills in the counts. `idle`: no picture is unfinished.
  void write(FleetReport& report, bool idle, Clock::time_point now) const;

 private:
  std::uint64_t finished_ = 0;
  std::uint64_t failed_ = 0;
  std::uint64_t detections_cut_ = 0;
  std::uint64_t candidates_dropped_ = 0;
  std::optional<Clock::time_point> first_submit_;
  Clock::time_point last_result_;
};

}  // namespace yolofleet::fleet
