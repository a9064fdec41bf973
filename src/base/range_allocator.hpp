#pragma once

#include <cstddef>
#include <map>
#include <optional>

namespace yolofleet::base {

/// Allocates ranges of [0, size): first fit; neighbouring free ranges are merged. It manages
/// offsets only and never touches memory. Not thread-safe.
class RangeAllocator {
 public:
  /// Ranges begin at multiples of `alignment` and are rounded up to it; `size` is rounded down.
  RangeAllocator(std::size_t size, std::size_t alignment);

  /// Allocates `bytes` (at least 1) and returns their offset; nothing if no free range is large
  /// enough.
  std::optional<std::size_t> take(std::size_t bytes);
  /// Frees a range. Precondition: `take` returned `offset` for the same number of bytes, and the
  /// range was not freed since.
  void give_back(std::size_t offset, std::size_t bytes);

  /// The sum of all free bytes.
  std::size_t free() const noexcept { return free_; }

 private:
  std::size_t rounded(std::size_t bytes) const noexcept;

  std::size_t alignment_;
  std::size_t free_;
  std::map<std::size_t, std::size_t> holes_;  // bytes by offset
};

}  // namespace yolofleet::base
