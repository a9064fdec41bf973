#pragma once

#include <cstddef>
#include <cstdint>

#include "fleet/clock.hpp"
#include "yolofleet/report.hpp"

namespace yolofleet::fleet {

/// Counts what a lane does. Not for several threads at once.
class Account {
 public:
  /// The lane took a batch whose pictures had waited for `queued`, summed.
  void given(std::size_t pictures, Clock::duration queued, Clock::time_point now);

  /// A batch came back, with results for so many pictures and errors for so many of these. What
  /// goes to another lane isn't counted: a batch that does so as a whole has 0 pictures.
  void came_back(std::size_t pictures, std::size_t failures, Clock::time_point now);

  std::uint64_t pictures() const { return pictures_; }

  /// Fills in what is known here; `all` are the pictures of all lanes.
  void write(DeviceReport& report, std::uint64_t all, Clock::time_point now) const;

 private:
  std::uint64_t given_ = 0;  // pictures
  Clock::duration queued_{};
  std::uint64_t pictures_ = 0;
  std::uint64_t failures_ = 0;
  std::uint64_t batches_ = 0;
  std::size_t inside_ = 0;  // batches in the lane
  Clock::time_point busy_since_{};
  Clock::duration busy_{};  // without what goes on now
};

}  // namespace yolofleet::fleet
