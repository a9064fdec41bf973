#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "backend/decoder_memory.hpp"
#include "cuda/memory.hpp"
#include "yolofleet/planes.hpp"

namespace yolofleet::backend::tensorrt {

/// Where the planes of a picture lie in a block of device memory. Rows begin at multiples of 128
/// bytes.
struct PlaneLayout {
  std::array<std::size_t, 3> offsets{};
  std::array<std::size_t, 3> strides{};
  std::size_t bytes = 0;
};

/// The layout of the planes of a picture of this size. The third plane of interleaved chroma takes
/// no room.
PlaneLayout layout_of(const PlaneFormat& format, int width, int height) noexcept;

/// The planes of a picture in a block that begins at `block`; `picture` has its size, format and
/// orientation.
PlanesView planes_at(std::uint8_t* block, const PlaneLayout& layout, PlanesView picture) noexcept;

/// Device memory for the pictures of decoders. Thread safety: all members, from any number of
/// threads.
class PlaneMemory : public std::enable_shared_from_this<PlaneMemory> {
 public:
  /// Throws cuda::CudaError.
  PlaneMemory(int device, std::size_t bytes);

  std::size_t bytes() const noexcept { return buffer_.bytes(); }

  /// A part of the memory; it becomes free again with the last copy of the pointer, which keeps the
  /// memory alive. Null if there is no room.
  std::shared_ptr<std::uint8_t> take(std::size_t bytes);

  /// As DecoderMemory.
  void wait() { ranges_.wait(); }
  void stop() noexcept { ranges_.stop(); }

 private:
  cuda::DeviceBuffer buffer_;
  DecoderMemory ranges_;
};

}  // namespace yolofleet::backend::tensorrt
