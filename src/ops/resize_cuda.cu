#include <cstddef>

#include "cuda/check.hpp"
#include "ops/resize_cuda.hpp"

namespace yolofleet::ops {
namespace {

// A warp covers a part of a row, so its reads and writes are contiguous. A thread makes several
// pixels of a column; their loads are in flight together.
constexpr int kBlockWidth = 32;
constexpr int kBlockHeight = 8;
constexpr int kPixelsAThread = 4;
constexpr int kBlockRows = kBlockHeight * kPixelsAThread;
// The least number of blocks for each multiprocessor; measured on the H100: one more than the
// registers would allow. The oldest cards have room for 1,024 threads a multiprocessor.
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ < 800
constexpr int kBlocksAMultiprocessor = 4;
#else
constexpr int kBlocksAMultiprocessor = 6;
#endif
constexpr float kFill = 0.5F;

__device__ void store(float* at, float value) {
  *at = value;
}
__device__ void store(__half* at, float value) {
  *at = __float2half_rn(value);
}

/// A target position lies `fraction` of the way from source position `first` to the next one (or
/// stays at the only one): the CPU version's `make_taps`.
struct Tap {
  int first;
  float fraction;
};

__device__ Tap tap_at(int i, int source, int target, float step) {
  if (i >= target - 1) {  // the last position reads the last source position, whatever the rounding
    return {max(source - 2, 0), 1.0F};
  }
  const float position = __fmul_rn(static_cast<float>(i), step);
  const int first = max(min(static_cast<int>(position), source - 2), 0);
  return {first, position - static_cast<float>(first)};
}

/// The source of a row of the input: two rows of the picture and their weights. The weights also
/// scale bytes to 0 to 1.
struct RowTap {
  const std::uint8_t* upper;
  const std::uint8_t* lower;
  float upper_weight;
  float lower_weight;
};

/// The source of row `y` of the picture's area; for a row outside, the source of the area's edge.
__device__ RowTap row_tap(const DevicePicture& picture, const std::uint8_t* start, int y) {
  const int height = picture.area.height;
  const Tap tap = tap_at(min(max(y, 0), height - 1), picture.height, height, picture.step_y);
  const int second = min(tap.first + 1, picture.height - 1);
  const std::size_t stride = picture.stride;
  constexpr float kUnit = 1.0F / 255.0F;
  return {start + tap.first * stride, start + second * stride, (1.0F - tap.fraction) * kUnit,
          tap.fraction * kUnit};
}

/// Two neighbouring pixels of three bytes each, lowest byte first.
struct PixelPair {
  std::uint32_t low;   ///< bytes 0 to 3
  std::uint32_t high;  ///< bytes 4 and 5 in its lower half, anything above them
};

/// Loads six bytes from any address by aligned words. Each word holds some of the six bytes.
__device__ PixelPair load_six(const std::uint8_t* at) {
  const auto address = reinterpret_cast<std::uintptr_t>(at);
  const auto* words = reinterpret_cast<const std::uint32_t*>(address & ~std::uintptr_t{3});
  const auto offset = static_cast<unsigned>(address & 3U);
  const std::uint32_t first = __ldg(words);
  const std::uint32_t second = __ldg(words + 1);
  const std::uint32_t third = __ldg(words + (offset == 3 ? 2 : 1));
  return {__funnelshift_r(first, second, 8 * offset), __funnelshift_r(second, third, 8 * offset)};
}

/// Whether two neighbouring pixels are six bytes.
__device__ bool has_six(const DevicePicture& picture) {
  return picture.format != PixelFormat::kGrey && picture.width > 1;
}

/// Loads pixel `first` and the next one; a grey pixel gives three equal bytes. kSix: the value of
/// has_six.
template <bool kSix>
__device__ PixelPair load_pair(const std::uint8_t* row, int first, const DevicePicture& picture) {
  if constexpr (kSix) {
    return load_six(row + 3 * first);
  }
  const bool grey = picture.format == PixelFormat::kGrey;
  const int second = min(first + 1, picture.width - 1);
  const std::uint8_t* const a = row + (grey ? first : 3 * first);
  const std::uint8_t* const b = row + (grey ? second : 3 * second);
  const auto byte = [grey](const std::uint8_t* pixel, int index) {
    return std::uint32_t{pixel[grey ? 0 : index]};
  };
  return {byte(a, 0) | byte(a, 1) << 8U | byte(a, 2) << 16U | byte(b, 0) << 24U,
          byte(b, 1) | byte(b, 2) << 8U};
}

/// Byte `index` of a word, plus 2^23: the byte becomes the low bits of that number's mantissa. A
/// conversion would take four times as long.
constexpr float kBias = 8388608.0F;
__device__ float biased_byte(std::uint32_t word, unsigned index) {
  return __uint_as_float(__byte_perm(word, 0x4B000000U, 0x7540U + index));
}

/// The planes of one pixel.
template <int kPlanes>
struct Colour {
  float planes[kPlanes];
};

/// The luma of a pixel of three bytes, as the CPU version computes it, plus 2^23.
__device__ float biased_luma(std::uint32_t word, PixelFormat format) {
  const std::uint32_t first = word & 255U;
  const std::uint32_t green = word >> 8U & 255U;
  const std::uint32_t last = word >> 16U & 255U;
  if (format == PixelFormat::kGrey) {
    return biased_byte(word, 0);
  }
  const bool rgb = format == PixelFormat::kRgb;
  return biased_byte((77 * (rgb ? first : last) + 150 * green + 29 * (rgb ? last : first)) >> 8U,
                     0);
}

/// Interpolates between the two pixels of a pair, 0 to 255; planes are in the order of the bytes.
template <int kPlanes>
__device__ Colour<kPlanes> between(const PixelPair& pair, float fraction, PixelFormat format) {
  const std::uint32_t second = __funnelshift_r(pair.low, pair.high, 24);
  Colour<kPlanes> colour;
#pragma unroll
  for (int plane = 0; plane < kPlanes; ++plane) {
    const auto byte = static_cast<unsigned>(plane);
    const float a = kPlanes == 1 ? biased_luma(pair.low, format) : biased_byte(pair.low, byte);
    const float b = kPlanes == 1 ? biased_luma(second, format) : biased_byte(second, byte);
    colour.planes[plane] = __fmaf_rn(fraction, b - a, a - kBias);
  }
  return colour;
}

/// Where a thread's pixels lie in the input: `column`, and every kBlockHeight-th row from `row` on.
struct Place {
  int column;
  int row;
};

/// Makes the pixels of a thread: first all loads, without a branch between them, then the
/// arithmetic. `taps`: the sources of the block's rows.
template <int kPlanes, bool kSix, typename T>
__device__ void make_pixels(const DevicePicture& picture, const RowTap* taps, Place place,
                            graph::Shape input, T* planes) {
  const Area& area = picture.area;
  const int x = place.column - area.x;
  const Tap across =
      tap_at(min(max(x, 0), area.width - 1), picture.width, area.width, picture.step_x);
  PixelPair upper[kPixelsAThread];
  PixelPair lower[kPixelsAThread];
#pragma unroll
  for (int i = 0; i < kPixelsAThread; ++i) {
    const RowTap& tap = taps[i * kBlockHeight + static_cast<int>(threadIdx.y)];
    upper[i] = load_pair<kSix>(tap.upper, across.first, picture);
    lower[i] = load_pair<kSix>(tap.lower, across.first, picture);
  }
  // Planes are red, green, blue.
  const bool reversed = kPlanes == 3 && picture.format == PixelFormat::kBgr;
  const std::size_t plane_size = std::size_t{1} * input.width * input.height;
#pragma unroll
  for (int i = 0; i < kPixelsAThread; ++i) {
    const int row = place.row + i * kBlockHeight;
    if (row >= input.height) {
      return;
    }
    const RowTap& tap = taps[i * kBlockHeight + static_cast<int>(threadIdx.y)];
    const int y = row - area.y;
    const bool inside = x >= 0 && x < area.width && y >= 0 && y < area.height;
    const auto above = between<kPlanes>(upper[i], across.fraction, picture.format);
    const auto below = between<kPlanes>(lower[i], across.fraction, picture.format);
    T* const at = planes + static_cast<std::size_t>(row) * input.width + place.column;
#pragma unroll
    for (int p = 0; p < kPlanes; ++p) {
      const float value = __fmaf_rn(tap.lower_weight, below.planes[p],
                                    __fmul_rn(tap.upper_weight, above.planes[p]));
      store(at + static_cast<std::size_t>(reversed ? kPlanes - 1 - p : p) * plane_size,
            inside ? value : kFill);
    }
  }
}

/// Grid: columns x kBlockRows rows x pictures.
template <int kPlanes, typename T>
__global__ void __launch_bounds__(kBlockWidth* kBlockHeight, kBlocksAMultiprocessor)
    resize_pictures(ResizeBatch batch, T* output) {
  const DevicePicture picture = batch.pictures[blockIdx.z];
  if (picture.width == 0) {
    return;
  }
  __shared__ RowTap taps[kBlockRows];
  const int first_row = static_cast<int>(blockIdx.y) * kBlockRows;
  static_assert(kBlockRows <= kBlockWidth, "a thread of the first warp for each row");
  if (threadIdx.y == 0 && threadIdx.x < kBlockRows) {
    const int y = first_row + static_cast<int>(threadIdx.x) - picture.area.y;
    taps[threadIdx.x] = row_tap(picture, batch.pixels + picture.offset, y);
  }
  __syncthreads();
  const Place place{static_cast<int>(blockIdx.x) * kBlockWidth + static_cast<int>(threadIdx.x),
                    first_row + static_cast<int>(threadIdx.y)};
  if (place.column >= batch.input.width) {
    return;
  }
  T* const planes =
      output + blockIdx.z * std::size_t{kPlanes} * batch.input.width * batch.input.height;
  if (has_six(picture)) {
    make_pixels<kPlanes, true>(picture, taps, place, batch.input, planes);
  } else {
    make_pixels<kPlanes, false>(picture, taps, place, batch.input, planes);
  }
}

template <typename T>
void enqueue(const ResizeBatch& batch, T* output, cudaStream_t stream) {
  const auto blocks = [](int size, int block) {
    return static_cast<unsigned>((size + block - 1) / block);
  };
  const dim3 grid{blocks(batch.input.width, kBlockWidth), blocks(batch.input.height, kBlockRows),
                  static_cast<unsigned>(batch.size)};
  const dim3 block{kBlockWidth, kBlockHeight};
  if (batch.input.channels == 1) {
    resize_pictures<1><<<grid, block, 0, stream>>>(batch, output);
  } else {
    resize_pictures<3><<<grid, block, 0, stream>>>(batch, output);
  }
  cuda::check_launch();
}

}  // namespace

DevicePicture device_picture(const ImageView& picture, graph::Shape input, Fit fit,
                             std::uint64_t offset, std::size_t stride) noexcept {
  const Area area = fitted_area(picture.width, picture.height, input, fit);
  const auto step = [](int source, int target) {
    return target > 1 ? static_cast<float>(source - 1) / static_cast<float>(target - 1) : 0.0F;
  };
  return {offset,
          static_cast<std::uint32_t>(stride),
          picture.width,
          picture.height,
          picture.format,
          area,
          step(picture.width, area.width),
          step(picture.height, area.height)};
}

void enqueue_resize(const ResizeBatch& batch, float* output, cudaStream_t stream) {
  enqueue(batch, output, stream);
}

void enqueue_resize(const ResizeBatch& batch, __half* output, cudaStream_t stream) {
  enqueue(batch, output, stream);
}

}  // namespace yolofleet::ops
