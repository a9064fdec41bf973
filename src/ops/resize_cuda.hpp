#pragma once

#include <cuda_fp16.h>
#include <cuda_runtime_api.h>

#include <cstddef>
#include <cstdint>

#include "graph/shape.hpp"
#include "ops/resize.hpp"

namespace yolofleet::ops {

/// A picture of a batch in device memory, and where it goes. Plain data: a batch of them lies in
/// pinned memory and is copied to the device with the pixels.
struct DevicePicture {
  std::uint64_t offset = 0;  ///< of its first byte from the batch's pixels
  std::uint32_t stride = 0;  ///< bytes from a row to the next
  int width = 0;             ///< pixels; 0: no picture, its part of the output is left as it is
  int height = 0;
  PixelFormat format = PixelFormat::kRgb;
  Area area;            ///< of the input that it fills
  float step_x = 0.0F;  ///< columns of the picture from one of the area's to the next
  float step_y = 0.0F;
};

/// Where a picture goes; its bytes lie at `offset`, rows `stride` bytes apart.
DevicePicture device_picture(const ImageView& picture, graph::Shape input, Fit fit,
                             std::uint64_t offset, std::size_t stride) noexcept;

/// A batch and the network's input that is made of it; all pointers to device memory.
struct ResizeBatch {
  const DevicePicture* pictures = nullptr;  ///< `size` of them
  /// Aligned to 4 bytes, and readable up to the next multiple of 4 behind the last picture: pixels
  /// are fetched by words.
  const std::uint8_t* pixels = nullptr;
  int size = 0;
  graph::Shape input;  ///< of one picture; 1 or 3 channels
};

/// Makes a batch of pictures of any sizes the input of a network: output is size x channels x
/// height x width, by `resize`'s formula (resize.hpp) in float, rounded at the end for half; in
/// float within 1e-6 of the CPU's. One kernel; returns when it is on `stream`. Throws
/// cuda::CudaError.
void enqueue_resize(const ResizeBatch& batch, float* output, cudaStream_t stream);
void enqueue_resize(const ResizeBatch& batch, __half* output, cudaStream_t stream);

}  // namespace yolofleet::ops
