#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>

#include "base/range_allocator.hpp"

namespace yolofleet::backend {

/// Divides the memory of a Decoder among its pictures, and lets the decoder wait for room. Manages
/// offsets only. Thread safety: all members, from any number of threads.
class DecoderMemory {
 public:
  /// As base::RangeAllocator.
  DecoderMemory(std::size_t bytes, std::size_t alignment);

  /// The offset of `bytes` (at least 1); nothing if there is no room.
  std::optional<std::size_t> take(std::size_t bytes);
  /// Precondition: `take` returned `offset` for the same number of bytes.
  void give_back(std::size_t offset, std::size_t bytes);

  /// Blocks until something was given back since `take` last returned nothing, and half of the
  /// memory or all that was taken is free again. Returns at once after `stop`. Precondition: `take`
  /// has returned nothing for no more than the whole memory.
  void wait();
  /// Ends all calls of `wait`, now and later.
  void stop() noexcept;

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  base::RangeAllocator ranges_;
  const std::size_t bytes_;
  bool came_back_ = false;
  bool stopped_ = false;
};

}  // namespace yolofleet::backend
