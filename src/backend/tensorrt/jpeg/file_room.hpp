#pragma once

#include <cstddef>
#include <span>

#include "cuda/memory.hpp"

namespace yolofleet::backend::tensorrt {

/// Page-locked memory for the files of a batch. The driver copies from other memory through its
/// own, with a core of the CPU.
class FileRoom {
 public:
  /// Without memory if the host can't lock as much.
  FileRoom(int device, std::size_t bytes) noexcept;

  /// Drops the copies.
  void clear() noexcept { used_ = 0; }

  /// A copy of the file that is valid until the next `clear`; the file itself if there is no room
  /// for it.
  std::span<const std::byte> copy(std::span<const std::byte> file) noexcept;

 private:
  cuda::PinnedBuffer memory_;
  std::size_t used_ = 0;
};

}  // namespace yolofleet::backend::tensorrt
