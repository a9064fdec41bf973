#pragma once

#include <cuda_fp16.h>
#include <cuda_runtime_api.h>

#include <cstddef>
#include <cstdint>

#include "graph/shape.hpp"
#include "ops/resize.hpp"

namespace yolofleet::ops {

/// A picture of a batch in device memory, and its area in the input. Plain data: those of a batch
/// are in pinned memory and are copied to the device together with the pixels.
struct DevicePicture {
  std::uint64_t offset = 0;  ///< bytes from the batch's pixels to its first byte
  std::uint32_t stride = 0;  ///< bytes from one row to the next
  int width = 0;             ///< pixels; 0: no picture, and its part of the output isn't written
  int height = 0;
  PixelFormat format = PixelFormat::kRgb;
  Area area;            ///< the part of the input that it fills
  float step_x = 0.0F;  ///< columns of the picture for each column of the area
  float step_y = 0.0F;
};

/// Describes a picture whose bytes are at `offset`, with rows `stride` bytes apart.
DevicePicture device_picture(const ImageView& picture, graph::Shape input, Fit fit,
                             std::uint64_t offset, std::size_t stride) noexcept;

/// A batch to resize. All pointers are to device memory.
struct ResizeBatch {
  const DevicePicture* pictures = nullptr;  ///< `size` of them
  /// Aligned to 4 bytes, and readable up to the next multiple of 4 after the last picture, because
  /// the kernel reads whole words.
  const std::uint8_t* pixels = nullptr;
  int size = 0;
  graph::Shape input;  ///< the input for one picture; 1 or 3 channels
};

/// Resizes a batch of pictures of any sizes to a network's input. `output` is size x channels x
/// height x width. The formula is that of `resize` (resize.hpp), in float; float values are within
/// 1e-6 of the CPU's, half values are rounded from them. One kernel; returns when it is on
/// `stream`. Throws cuda::CudaError.
void enqueue_resize(const ResizeBatch& batch, float* output, cudaStream_t stream);
void enqueue_resize(const ResizeBatch& batch, __half* output, cudaStream_t stream);

}  // namespace yolofleet::ops
