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

Decision decide(std::span<const Demand> demands, std::span<const LaneLoad> lanes,
                Clock::time_point now) {
  Decision decision;
  const LaneLoad* chosen = nullptr;
  for (std::size_t i = 0; i < lanes.size(); ++i) {
    const LaneLoad& lane = lanes[i];
    const Demand& demand = demands[i];
    if (demand.pictures == 0 || !lane.usable || lane.batches >= lane.size.slots) {
      continue;
    }
    const bool partly_filled = demand.no_more || now >= demand.deadline;
    if (!partly_filled && demand.pictures < lane.size.batch) {
      decision.look_again =
          std::min(decision.look_again.value_or(demand.deadline), demand.deadline);
    } else if (chosen == nullptr || before(lane, *chosen)) {
      chosen = &lane;
    }
  }
  if (chosen != nullptr) {
    decision.lane = static_cast<std::size_t>(chosen - lanes.data());
    decision.pictures = std::min(demands[decision.lane].pictures, chosen->size.batch);
    decision.look_again.reset();
  }
  return decision;
}

}  // namespace yolofleet::fleet
