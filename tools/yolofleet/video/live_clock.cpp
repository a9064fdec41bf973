#include "video/live_clock.hpp"

#include <algorithm>

namespace yolofleet::command {
namespace {

using Seconds = std::chrono::duration<double>;

/// Between two frames, at least.
constexpr double kLeastStep = 0.001;
/// The seconds by which the stamps may leave the time of arrival.
constexpr double kMostApart = 1;
/// After a gap in a network the frames that it held up arrive within this time.
constexpr Seconds kCatchesUp{2};

}  // namespace

bool LiveClock::has_jumped(double stamp, Time read_at) {
  const double passed = Seconds(read_at - read_at_).count();
  const double late = Seconds(read_at - *began_).count() - (stamp + offset_);
  if (late <= kMostApart) {
    late_since_.reset();
  } else if (!late_since_) {
    late_since_ = read_at;
  }
  const bool stays_late = late_since_ && read_at - *late_since_ > kCatchesUp;
  return restarted_ || stamp < stamp_ || stamp - stamp_ - passed > kMostApart || stays_late;
}

double LiveClock::seconds(double stamp, Time read_at) {
  if (!began_) {
    began_ = read_at;
    offset_ = -stamp;
    seconds_ = 0;
  } else {
    if (has_jumped(stamp, read_at)) {
      const double arrival = Seconds(read_at - *began_).count();
      const double next = seconds_ + Seconds(read_at - read_at_).count();
      offset_ = std::max(arrival, next) - stamp;
      late_since_.reset();
    }
    seconds_ = std::max(stamp + offset_, seconds_ + kLeastStep);
  }
  restarted_ = false;
  stamp_ = stamp;
  read_at_ = read_at;
  return seconds_;
}

}  // namespace yolofleet::command
