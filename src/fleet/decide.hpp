#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "fleet/bounds.hpp"
#include "fleet/clock.hpp"

namespace yolofleet::fleet {

/// The present load of a lane.
struct LaneLoad {
  LaneSize size;
  std::size_t batches = 0;       ///< in the lane
  std::uint64_t last_given = 0;  ///< number of its last batch, counted over the whole fleet
  bool usable = true;            ///< false: it gets no batches
};

/// The pictures that no lane has yet.
struct Demand {
  std::size_t pictures = 0;
  bool no_more = false;        ///< no other picture will come to fill a batch
  Clock::time_point deadline;  ///< from then on the oldest doesn't wait for a full batch
};

/// The next batch.
struct Decision {
  std::size_t lane = 0;
  std::size_t pictures = 0;  ///< that the lane gets, the oldest ones; 0: no batch now
  /// Set: no batch now; decide again at this time, or earlier if anything changes. Not set with 0
  /// pictures: decide again when a lane gives a batch back or more pictures come.
  std::optional<Clock::time_point> look_again;
};

/// Chooses among the lanes with a free slot and a full batch; if a full batch isn't worth waiting
/// for, among all lanes with a free slot. The lane with the smallest part of its slots filled gets
/// the batch; among equals, the one that has waited longest for one.
Decision decide(const Demand& demand, std::span<const LaneLoad> lanes, Clock::time_point now);

}  // namespace yolofleet::fleet
