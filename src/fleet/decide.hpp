#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "fleet/bounds.hpp"
#include "fleet/clock.hpp"

namespace yolofleet::fleet {

/// What a lane has to do at the moment.
struct LaneLoad {
  LaneSize size;
  std::size_t batches = 0;       ///< in the lane
  std::uint64_t last_given = 0;  ///< counts the batches of the fleet: when it got its last one
  bool usable = true;            ///< false: it is never given anything
};

/// The pictures that no lane has yet.
struct Demand {
  std::size_t pictures = 0;
  bool no_more = false;        ///< waiting for others to fill a batch is in vain
  Clock::time_point deadline;  ///< of the oldest: it doesn't wait for others any longer
};

/// What to do next.
struct Decision {
  std::size_t lane = 0;
  std::size_t pictures = 0;  ///< that the lane gets, the oldest; 0: none does now
  /// Set: nothing now, but at this time if nothing happens before. Not set with 0 pictures: only
  /// a lane that gives something back, or more pictures, change anything.
  std::optional<Clock::time_point> look_again;
};

/// Of the lanes with a free slot that can fill a batch, or that needn't wait for one, the one whose
/// slots are the emptiest gets the next batch; among equals that which has waited longest for one.
Decision decide(const Demand& demand, std::span<const LaneLoad> lanes, Clock::time_point now);

}  // namespace yolofleet::fleet
