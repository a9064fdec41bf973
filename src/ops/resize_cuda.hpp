#pragma once

#include <cuda_fp16.h>
#include <cuda_runtime_api.h>

#include <cstddef>
#include <cstdint>

#include "graph/shape.hpp"
#include "image/ycbcr.hpp"
#include "ops/resize.hpp"

namespace yolofleet::ops {

/// The kernel that reads a picture.
enum class PictureKind : unsigned {
  kNone,     ///< no picture: its part of the output isn't written
  kPixels,   ///< RGB or BGR, two columns or more
  kPlanar,   ///< planes as most JPEG files have them: see device_picture
  kGeneral,  ///< every other picture; slower
};

/// A set of kinds.
class PictureKinds {
 public:
  static constexpr PictureKinds all() noexcept { return PictureKinds{~0U}; }
  constexpr PictureKinds() noexcept = default;
  constexpr void add(PictureKind kind) noexcept { bits_ |= bit(kind); }
  constexpr bool has(PictureKind kind) const noexcept { return (bits_ & bit(kind)) != 0; }

 private:
  constexpr explicit PictureKinds(unsigned bits) noexcept : bits_(bits) {}
  static constexpr unsigned bit(PictureKind kind) noexcept {
    return 1U << static_cast<unsigned>(kind);
  }
  unsigned bits_ = 0;
};

/// A picture of a batch in device memory, and its area in the input. Plain data: those of a batch
/// are in pinned memory and are copied to the device together with the pixels.
struct DevicePicture {
  PictureKind kind = PictureKind::kNone;
  int pass = 0;  ///< as ResizeBatch::pass
  // NOLINTBEGIN(modernize-avoid-c-arrays): kernels index them
  const std::uint8_t* planes[3] = {};  ///< pixels: only the first
  std::size_t strides[3] = {};         ///< bytes from one row to the next
  // NOLINTEND(modernize-avoid-c-arrays)
  int width = 0;  ///< as the picture is shown
  int height = 0;
  Area area;            ///< the part of the input that it fills
  float step_x = 0.0F;  ///< columns of the picture for each column of the area
  float step_y = 0.0F;
  bool has_planes = false;                 ///< else it has pixels, of `format`
  PixelFormat format = PixelFormat::kRgb;  ///< of pixels
  // Of planes:
  Subsampling subsampling = Subsampling::k444;
  int chroma_width = 0;  ///< columns of chroma; 0: grey
  int chroma_height = 0;
  int sample_bytes = 1;
  int chroma_step = 1;  ///< samples from one of Cb, or Cr, to the next
  int orientation = 1;  ///< as PlanesView::orientation
  image::YcbcrToRgb to_rgb;
};

/// Describes a picture. The pointers in `on_device` are to device memory. PictureKind::kPlanar has
/// 8 bits a sample, three planes (4:2:0, 4:2:2 or 4:4:4) with three columns of chroma or more, and
/// orientation 1.
DevicePicture device_picture(const PixelView& on_device, graph::Shape input, Fit fit) noexcept;

/// A batch to resize. All pointers are to device memory.
struct ResizeBatch {
  /// `size` of them. The kernels read whole words of 4 bytes that have at least one byte of a
  /// picture: up to 3 bytes before and behind its rows are read, and ignored.
  const DevicePicture* pictures = nullptr;
  int size = 0;
  graph::Shape input;  ///< the input for one picture; 1 or 3 channels
  PictureKinds kinds;  ///< at least those of the pictures; each costs a kernel
  int pass = 0;        ///< only pictures with this number are resized
};

/// Resizes a batch of pictures of any sizes to a network's input. `output` is size x channels x
/// height x width. The formula is that of `resize` (resize.hpp), in float; float values are within
/// 1e-6 of the CPU's, half values are rounded from them. A picture in planes gives the same bits as
/// the pixels of its `to_rgb`. Returns when the kernels are on `stream`. Throws cuda::CudaError.
void enqueue_resize(const ResizeBatch& batch, float* output, cudaStream_t stream);
void enqueue_resize(const ResizeBatch& batch, __half* output, cudaStream_t stream);

}  // namespace yolofleet::ops
