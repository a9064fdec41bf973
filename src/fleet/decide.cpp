#include "fleet/decide.hpp"

#include <algorithm>

namespace yolofleet::fleet {
namespace {

/// Whether `a` gets a batch before `b`.
bool before(const LaneLoad& a, const LaneLoad& b) {
  const std::size_t filled_a = a.batches * b.size.slots;  // the two fractions over one denominator
  const std::size_t filled_b = b.batches * a.size.slots;
  return filled_a != filled_b ? filled_a < filled_b : a.last_given < b.last_given;
}

}  // namespace

Decision decide(const Demand& demand, std::span<const LaneLoad> lanes, Clock::time_point now) {
  Decision decision;
  if (demand.pictures == 0) {
    return decision;
  }
  const bool partly_filled = demand.no_more || now >= demand.deadline;
  const LaneLoad* chosen = nullptr;
  for (const LaneLoad& lane : lanes) {
    if (!lane.usable || lane.batches >= lane.size.slots) {
      continue;
    }
    if (!partly_filled && demand.pictures < lane.size.batch) {
      decision.look_again = demand.deadline;
    } else if (chosen == nullptr || before(lane, *chosen)) {
      chosen = &lane;
    }
  }
  if (chosen != nullptr) {
    decision.lane = static_cast<std::size_t>(chosen - lanes.data());
    decision.pictures = std::min(demand.pictures, chosen->size.batch);
    decision.look_again.reset();
  }
  return decision;
}

}  // namespace yolofleet::fleet
