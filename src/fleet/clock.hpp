#pragma once

#include <chrono>

namespace yolofleet::fleet {

using Clock = std::chrono::steady_clock;

}  // namespace yolofleet::fleet
