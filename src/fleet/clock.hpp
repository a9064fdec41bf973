#pragma once

#include <chrono>

namespace yolofleet::fleet {

using Clock = std::chrono::steady_clock;

/// `duration` in seconds.
inline double seconds(Clock::duration duration) {
  return std::chrono::duration<double>(duration).count();
}

}  // namespace yolofleet::fleet
