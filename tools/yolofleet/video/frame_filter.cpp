#include "video/frame_filter.hpp"

#include <algorithm>
#include <cmath>

namespace yolofleet::command {
namespace {

/// Of the time between two frames: time stamps are rounded.
constexpr double kRounding = 0.02;

}  // namespace

bool FrameFilter::takes(std::uint64_t number, double seconds) {
  if (number % every_ != 0) {
    return false;
  }
  if (fps_ > 0) {
    const double place = (seconds * fps_) + kRounding;
    if (place < due_) {
      return false;
    }
    due_ = std::floor(place) + 1;
  }
  return true;
}

double FrameFilter::rate(double of_video) const {
  const double rate = of_video / static_cast<double>(every_);
  return fps_ > 0 && rate > 0 ? std::min(rate, fps_) : rate;
}

}  // namespace yolofleet::command
