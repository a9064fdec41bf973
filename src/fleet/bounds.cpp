#include "fleet/bounds.hpp"

#include <algorithm>

namespace yolofleet::fleet {
namespace {

constexpr std::size_t kBatchesASlot = 2;  // one in the slot, one behind it
constexpr std::size_t kTimesDecoded = 3;  // once in the decoder, twice in the queue

}  // namespace

std::size_t enough_for(std::span<const LaneSize> lanes) {
  std::size_t held = 0;
  for (const LaneSize& lane : lanes) {
    held += lane.slots * lane.batch;
  }
  return held / 2;
}

Bounds bounds_for(std::span<const LaneSize> lanes, bool hold_results) {
  std::size_t sum = 0;
  std::size_t most = 0;
  std::size_t files = 0;
  for (const LaneSize& lane : lanes) {
    sum += lane.slots * lane.batch;
    most = std::max(most, lane.slots * lane.batch);
    files += lane.decoded * kTimesDecoded;
  }
  const std::size_t pictures = std::max(sum * kBatchesASlot + files, kFewestPictures);
  Bounds bounds{pictures, pictures};
  if (hold_results && lanes.size() > 1) {
    bounds.under_way += std::min(kSpeedRatio * most * (lanes.size() - 1), kMostHeld);
  }
  return bounds;
}

void Room::update(std::size_t unfinished, std::size_t under_way) {
  full_ = unfinished >= bounds_.pictures || under_way >= bounds_.under_way;
  crowded_ = unfinished >= bounds_.pictures ||
             (crowded_ && unfinished + bounds_.pictures / 4 > bounds_.pictures);
}

}  // namespace yolofleet::fleet
