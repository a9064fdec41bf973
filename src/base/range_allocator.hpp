#pragma once

#include <cstddef>
#include <map>
#include <optional>

namespace yolofleet::base {

/// Hands out ranges of [0, size) and takes them back: the first hole that is large enough, and
/// neighbouring holes become one. Knows nothing of the memory that lies there. Not thread-safe.
class RangeAllocator {
 public:
  /// Ranges begin at multiples of `alignment` and are rounded up to it; `size` is rounded down.
  RangeAllocator(std::size_t size, std::size_t alignment);

  /// Where `bytes` (at least 1) have room; nothing where no hole is large enough.
  std::optional<std::size_t> take(std::size_t bytes);
  /// Precondition: `take` gave `offset` for as many bytes, and it was not given back since.
  void give_back(std::size_t offset, std::size_t bytes);

  /// Bytes of all holes together.
  std::size_t free() const noexcept { return free_; }

 private:
  std::size_t rounded(std::size_t bytes) const noexcept;

  std::size_t alignment_;
  std::size_t free_;
  std::map<std::size_t, std::size_t> holes_;  // bytes by offset
};

}  // namespace yolofleet::base
