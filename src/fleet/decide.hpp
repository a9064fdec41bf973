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
  std::size_t batches = 0;       ///< that are in the lane
  std::uint64_t last_given = 0;  ///< number of its last batch, counted over the whole fleet
  bool usable = true;            ///< false: it gets no batches
};

/// The pictures that a lane may get.
struct Demand {
  std::size_t pictures = 0;
  bool no_more = false;        ///< no other picture will come to fill a batch
  Clock::time_point deadline;  ///< then the oldest stops waiting for a full batch
};

/// The next batch.
struct Decision {
  std::size_t lane = 0;
  std::size_t pictures = 0;  ///< for the lane, the oldest ones; 0: no batch now
  /// With 0 pictures: the time at which to decide again, or earlier if anything changes. Without a
  /// time: decide again when a lane returns a batch or more pictures come.
  std::optional<Clock::time_point> look_again;
};

/// Chooses among the lanes that have a free slot and whose batch can be filled, or whose oldest
/// picture no longer waits for a full batch. The lane with the smallest part of its slots filled
/// gets the batch; among equals, the one whose last batch is oldest. `demands[i]` is that of
/// `lanes[i]`.
Decision decide(std::span<const Demand> demands, std::span<const LaneLoad> lanes,
                Clock::time_point now);

}  // namespace yolofleet::fleet
