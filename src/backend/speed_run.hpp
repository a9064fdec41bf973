#pragma once

#include <chrono>

namespace yolofleet::backend {

/// How long something is run, first without being measured.
struct SpeedRun {
  std::chrono::duration<double> warm_up{0.5};
  std::chrono::duration<double> measured{1};
};

}  // namespace yolofleet::backend
