#pragma once

#include "backend/lane.hpp"
#include "fleet/clock.hpp"

namespace yolofleet::fleet {

/// A picture that waits for a lane.
struct Waiting {
  backend::Job job;
  Clock::time_point since;  ///< the time from which it was ready for a lane
};

}  // namespace yolofleet::fleet
