#include "base/range_allocator.hpp"

#include <algorithm>
#include <iterator>

namespace yolofleet::base {

RangeAllocator::RangeAllocator(std::size_t size, std::size_t alignment)
    : alignment_(alignment), free_(size / alignment * alignment) {
  if (free_ > 0) {
    holes_.emplace(0, free_);
  }
}

std::size_t RangeAllocator::rounded(std::size_t bytes) const noexcept {
  return (bytes + alignment_ - 1) / alignment_ * alignment_;
}

std::optional<std::size_t> RangeAllocator::take(std::size_t bytes) {
  if (bytes > free_) {
    return std::nullopt;
  }
  const std::size_t needed = rounded(bytes);
  const auto hole = std::find_if(holes_.begin(), holes_.end(),
                                 [needed](const auto& entry) { return entry.second >= needed; });
  if (hole == holes_.end()) {
    return std::nullopt;
  }
  const auto [offset, size] = *hole;
  holes_.erase(hole);
  if (size > needed) {
    holes_.emplace(offset + needed, size - needed);
  }
  free_ -= needed;
  return offset;
}

void RangeAllocator::give_back(std::size_t offset, std::size_t bytes) {
  std::size_t size = rounded(bytes);
  free_ += size;
  const auto after = holes_.lower_bound(offset);
  if (after != holes_.end() && after->first == offset + size) {
    size += after->second;
    holes_.erase(after);
  }
  const auto next = holes_.lower_bound(offset);
  if (next != holes_.begin()) {
    const auto before = std::prev(next);
    if (before->first + before->second == offset) {
      before->second += size;
      return;
    }
  }
  holes_.emplace(offset, size);
}

}  // namespace yolofleet::base
