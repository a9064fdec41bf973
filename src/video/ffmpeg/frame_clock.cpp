#include "video/ffmpeg/frame_clock.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

namespace yolofleet::video::ffmpeg {
namespace {

constexpr double kUsualRate = 25;
/// Seconds between two frames, at most. FFmpeg takes a stamp of MPEG-TS that falls back far for one
/// that began again from 0 after 26 hours.
constexpr double kLongestPause = 10 * 3600;

}  // namespace

FrameClock::FrameClock(double unit, std::int64_t start, double frame_rate)
    : unit_(unit), start_(start), frame_duration_(1 / (frame_rate > 0 ? frame_rate : kUsualRate)) {}

double FrameClock::seconds(std::int64_t stamp) noexcept {
  const bool first = !std::exchange(any_frame_, true);
  const double follows = first ? seconds_ : seconds_ + frame_duration_;
  if (stamp == AV_NOPTS_VALUE) {
    return seconds_ = follows;
  }
  if (start_ == AV_NOPTS_VALUE) {
    start_ = stamp;
  }
  double time = static_cast<double>(stamp - start_) * unit_;
  if (first) {
    return seconds_ = std::max(time, 0.0);
  }
  // Some files begin with frames before their start, which have the time 0.
  const bool fell = time < seconds_ - frame_duration_ / 2 && seconds_ > 0;
  if (fell || time > seconds_ + kLongestPause) {
    time = follows;
    start_ = stamp - std::llround(time / unit_);
  }
  return seconds_ = std::max(time, seconds_);
}

double FrameClock::seconds_by_arrival(Time read_at) noexcept {
  first_read_at_ = first_read_at_.value_or(read_at);
  const std::chrono::duration<double> since = read_at - *first_read_at_;
  return seconds_ = std::max(seconds_, since.count());
}

std::int64_t FrameClock::stamp_at(double seconds) const noexcept {
  return start_ + static_cast<std::int64_t>(std::floor(seconds / unit_));
}

bool FrameClock::has_start() const noexcept {
  return start_ != AV_NOPTS_VALUE;
}

}  // namespace yolofleet::video::ffmpeg
