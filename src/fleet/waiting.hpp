#pragma once

#include "backend/lane.hpp"
#include "fleet/clock.hpp"

namespace yolofleet::fleet {

/// A picture that no lane has yet.
struct Waiting {
  backend::Job job;
  Clock::time_point since;  ///< when a lane could first have had it
};

}  // namespace yolofleet::fleet
