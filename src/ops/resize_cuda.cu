#include <cstddef>

#include "cuda/check.hpp"
#include "ops/resize_cuda.hpp"
#include "ops/resize_general.cuh"
#include "ops/resize_pixels.cuh"
#include "ops/resize_planar.cuh"

namespace yolofleet::ops {
namespace {

// A warp covers a part of a row, so its reads and writes are contiguous. A thread makes several
// pixels of a column; their loads are in flight together.
constexpr int kBlockWidth = 32;
constexpr int kBlockHeight = 8;
template <typename Source>
constexpr int kBlockRows = kBlockHeight* Source::kPixelsAThread;
constexpr float kFill = 0.5F;

__device__ void store(float* at, float value) {
  *at = value;
}
__device__ void store(__half* at, float value) {
  *at = __float2half_rn(value);
}

/// The source of a row of the input: two rows of the picture and their weights. The weights also
/// scale bytes to 0 to 1.
template <typename Source>
struct RowTap {
  typename Source::Row source;
  float upper_weight;
  float lower_weight;
};

/// The source of row `y` of the picture's area; for a row outside, the source of the area's edge.
template <typename Source>
__device__ RowTap<Source> row_tap(const DevicePicture& picture, int y) {
  const int height = picture.area.height;
  const Tap tap = tap_at(min(max(y, 0), height - 1), picture.height, height, picture.step_y);
  constexpr float kUnit = 1.0F / 255.0F;
  return {Source::row(picture, tap), (1.0F - tap.fraction) * kUnit, tap.fraction * kUnit};
}

/// Where a thread's pixels lie in the input: `column`, and every kBlockHeight-th row from `row` on.
struct Place {
  int column;
  int row;
};

/// The input's planes of a picture.
template <typename T>
struct Output {
  T* planes;
  graph::Shape input;
};

/// Makes kInFlight pixels of a thread: first all loads, without a branch between them, then the
/// arithmetic. `taps`: the sources of the block's rows, from `place.row` on.
template <typename Source, int kPlanes, typename T>
__device__ void make_pixels(const DevicePicture& picture, const typename Source::Column& column,
                            float fraction, const RowTap<Source>* taps, Place place,
                            const Output<T>& output) {
  constexpr int kCount = Source::kInFlight;
  typename Source::Loaded loaded[kCount];
#pragma unroll
  for (int i = 0; i < kCount; ++i) {
    loaded[i] = Source::load(picture, taps[i * kBlockHeight].source, column);
  }
  // Planes are red, green, blue.
  const bool reversed = kPlanes == 3 && Source::reversed(picture);
  const graph::Shape& input = output.input;
  const std::size_t plane_size = std::size_t{1} * input.width * input.height;
  const Area& area = picture.area;
  const int x = place.column - area.x;
#pragma unroll
  for (int i = 0; i < kCount; ++i) {
    const int row = place.row + i * kBlockHeight;
    if (row >= input.height) {
      return;
    }
    const RowTap<Source>& tap = taps[i * kBlockHeight];
    const int y = row - area.y;
    const bool inside = x >= 0 && x < area.width && y >= 0 && y < area.height;
    const auto [upper, lower] =
        Source::template colours<kPlanes>(picture, tap.source, loaded[i], column, fraction);
    T* const at = output.planes + static_cast<std::size_t>(row) * input.width + place.column;
#pragma unroll
    for (int p = 0; p < kPlanes; ++p) {
      const float value = __fmaf_rn(tap.lower_weight, lower.planes[p],
                                    __fmul_rn(tap.upper_weight, upper.planes[p]));
      store(at + static_cast<std::size_t>(reversed ? kPlanes - 1 - p : p) * plane_size,
            inside ? value : kFill);
    }
  }
}

/// Grid: columns x kBlockRows rows x pictures.
template <typename Source, int kPlanes, typename T>
__global__ void __launch_bounds__(kBlockWidth* kBlockHeight, Source::kBlocksAMultiprocessor)
    resize_pictures(ResizeBatch batch, T* output) {
  const DevicePicture picture = batch.pictures[blockIdx.z];
  if (picture.kind != Source::kKind || picture.pass != batch.pass) {
    return;
  }
  constexpr int kRows = kBlockRows<Source>;
  __shared__ RowTap<Source> taps[kRows];
  const int first_row = static_cast<int>(blockIdx.y) * kRows;
  static_assert(kRows <= kBlockWidth, "a thread of the first warp for each row");
  if (threadIdx.y == 0 && threadIdx.x < kRows) {
    taps[threadIdx.x] =
        row_tap<Source>(picture, first_row + static_cast<int>(threadIdx.x) - picture.area.y);
  }
  __syncthreads();
  const Place place{static_cast<int>(blockIdx.x) * kBlockWidth + static_cast<int>(threadIdx.x),
                    first_row + static_cast<int>(threadIdx.y)};
  if (place.column >= batch.input.width) {
    return;
  }
  const Output<T> of_picture{
      output + blockIdx.z * std::size_t{kPlanes} * batch.input.width * batch.input.height,
      batch.input};
  const int width = picture.area.width;
  const Tap across = tap_at(min(max(place.column - picture.area.x, 0), width - 1), picture.width,
                            width, picture.step_x);
  const auto column = Source::column(picture, across);
#pragma unroll 1
  for (int i = 0; i < Source::kPixelsAThread; i += Source::kInFlight) {
    make_pixels<Source, kPlanes>(picture, column, across.fraction,
                                 taps + i * kBlockHeight + threadIdx.y,
                                 {place.column, place.row + i * kBlockHeight}, of_picture);
  }
}

/// Enqueues the kernel of one kind of pictures, if the batch has some.
template <typename Source, typename T>
void enqueue_kind(const ResizeBatch& batch, T* output, cudaStream_t stream) {
  if (!batch.kinds.has(Source::kKind)) {
    return;
  }
  const auto blocks = [](int size, int block) {
    return static_cast<unsigned>((size + block - 1) / block);
  };
  const dim3 grid{blocks(batch.input.width, kBlockWidth),
                  blocks(batch.input.height, kBlockRows<Source>),
                  static_cast<unsigned>(batch.size)};
  const dim3 block{kBlockWidth, kBlockHeight};
  if (batch.input.channels == 1) {
    resize_pictures<Source, 1><<<grid, block, 0, stream>>>(batch, output);
  } else {
    resize_pictures<Source, 3><<<grid, block, 0, stream>>>(batch, output);
  }
  cuda::check_launch();
}

template <typename T>
void enqueue(const ResizeBatch& batch, T* output, cudaStream_t stream) {
  enqueue_kind<PixelSource>(batch, output, stream);
  enqueue_kind<PlanarSource>(batch, output, stream);
  enqueue_kind<GeneralSource>(batch, output, stream);
}

void set_pixels(DevicePicture& to, const ImageView& from) {
  const bool wide = from.format != PixelFormat::kGrey && from.width > 1;
  to.kind = wide ? PictureKind::kPixels : PictureKind::kGeneral;
  to.planes[0] = from.data;
  to.strides[0] = from.stride;
  to.format = from.format;
}

void set_planes(DevicePicture& to, const PlanesView& from) {
  const PlaneFormat& format = from.format;
  to.has_planes = true;
  for (std::size_t i = 0; i < from.planes.size(); ++i) {
    to.planes[i] = from.planes[i];
    to.strides[i] = from.strides[i];
  }
  to.subsampling = format.subsampling;
  to.chroma_width = chroma_width(format.subsampling, from.width);
  to.chroma_height = chroma_height(format.subsampling, from.height);
  to.sample_bytes = format.bits > 8 ? 2 : 1;
  to.chroma_step = format.interleaved ? 2 : 1;
  to.orientation = from.orientation;
  to.to_rgb = image::ycbcr_to_rgb(format);
  const bool planar = format.bits == 8 && !format.interleaved && from.orientation == 1 &&
                      format.subsampling != Subsampling::k440 && to.chroma_width > 2;
  to.kind = planar ? PictureKind::kPlanar : PictureKind::kGeneral;
}

}  // namespace

DevicePicture device_picture(const PixelView& on_device, graph::Shape input, Fit fit) noexcept {
  DevicePicture picture;
  if (const auto* const planes = std::get_if<PlanesView>(&on_device)) {
    picture.width = planes->shown_width();
    picture.height = planes->shown_height();
    set_planes(picture, *planes);
  } else if (const auto* const pixels = std::get_if<ImageView>(&on_device)) {
    picture.width = pixels->width;
    picture.height = pixels->height;
    set_pixels(picture, *pixels);
  }
  picture.area = fitted_area(picture.width, picture.height, input, fit);
  const auto step = [](int source, int target) {
    return target > 1 ? static_cast<float>(source - 1) / static_cast<float>(target - 1) : 0.0F;
  };
  picture.step_x = step(picture.width, picture.area.width);
  picture.step_y = step(picture.height, picture.area.height);
  return picture;
}

void enqueue_resize(const ResizeBatch& batch, float* output, cudaStream_t stream) {
  enqueue(batch, output, stream);
}

void enqueue_resize(const ResizeBatch& batch, __half* output, cudaStream_t stream) {
  enqueue(batch, output, stream);
}

}  // namespace yolofleet::ops
