#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "backend/decoder_memory.hpp"
#include "cuda/memory.hpp"
#include "image/jpeg_header.hpp"
#include "yolofleet/planes.hpp"

namespace yolofleet::backend::tensorrt {

/// Where the planes of a picture lie in a block of device memory. Rows begin at multiples of 128
/// bytes. There is room for whole blocks of 16 x 16 pixels: engines may write them at the edges.
struct PlaneLayout {
  std::array<std::size_t, 3> offsets{};
  std::array<std::size_t, 3> strides{};
  std::size_t bytes = 0;
};
PlaneLayout layout_of(const image::JpegHeader& header) noexcept;

/// The planes of a file in a block that begins at `block`.
PlanesView planes_at(std::uint8_t* block, const image::JpegHeader& header) noexcept;

/// The device memory of a decoder's pictures. Thread safety: all members, from any number of
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
