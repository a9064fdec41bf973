#pragma once

#include <chrono>

namespace yolofleet::backend {

/// How long something is run, first without being measured.
struct SpeedRun {
  std::chrono::duration<double> warm_up{};
  std::chrono::duration<double> measured{};
};

}  // namespace yolofleet::backend
