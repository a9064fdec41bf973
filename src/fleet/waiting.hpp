#pragma once

#include "backend/lane.hpp"
#include "fleet/clock.hpp"

namespace yolofleet::fleet {

/// A picture that no lane has yet.
struct Waiting {
  backend::Job job;
  Clock::time_point since;  ///< when it was ready for a lane
};

}  // namespace yolofleet::fleet
