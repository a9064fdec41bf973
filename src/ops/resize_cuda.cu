#include <cstddef>

#include "cuda/check.hpp"
#include "ops/resize_cuda.hpp"

namespace yolofleet::ops {
namespace {

// A warp stands along a row, so what it reads and writes lies side by side. A thread makes several
// pixels of a column, whose fetches are under way at once.
constexpr int kBlockWidth = 32;
constexpr int kBlockHeight = 8;
constexpr int kPixelsAThread = 4;
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
  if (i >= target - 1) {  // the last one is the last one, whatever the rounding
    return {max(source - 2, 0), 1.0F};
  }
  const float position = __fmul_rn(static_cast<float>(i), step);
  const int first = max(min(static_cast<int>(position), source - 2), 0);
  return {first, position - static_cast<float>(first)};
}

__device__ float mix(float first, float second, float fraction) {
  return __fadd_rn(__fmul_rn(1.0F - fraction, first), __fmul_rn(fraction, second));
}

/// x / 255, rounded to nearest: a quotient and one correction by what it leaves, which for the
/// whole range of bytes gives the same bits as a division, in a third of the instructions.
__device__ float divided_by_255(float x) {
  constexpr float kReciprocal = 1.0F / 255.0F;
  const float quotient = __fmul_rn(x, kReciprocal);
  return __fmaf_rn(__fmaf_rn(-255.0F, quotient, x), kReciprocal, quotient);
}

/// Byte `index` of a word as a number: put behind the exponent of 2^23, which is then taken off.
/// Conversions would take four times as long.
__device__ float byte_of(std::uint32_t word, unsigned index) {
  return __uint_as_float(__byte_perm(word, 0x4B000000U, 0x7540U + index)) - 8388608.0F;
}

/// Two neighbouring pixels of three bytes each, lowest byte first.
struct PixelPair {
  std::uint32_t low;   ///< bytes 0 to 3
  std::uint32_t high;  ///< bytes 4 and 5 in its lower half, anything above them
};

/// Six bytes at any address, by aligned words, of which each holds some of the six.
__device__ PixelPair load_six(const std::uint8_t* at) {
  const auto address = reinterpret_cast<std::uintptr_t>(at);
  const auto* words = reinterpret_cast<const std::uint32_t*>(address & ~std::uintptr_t{3});
  const auto offset = static_cast<unsigned>(address & 3U);
  const std::uint32_t first = __ldg(words);
  const std::uint32_t second = __ldg(words + 1);
  const std::uint32_t third = __ldg(words + (offset == 3 ? 2 : 1));
  return {__funnelshift_r(first, second, 8 * offset), __funnelshift_r(second, third, 8 * offset)};
}

/// Whether two pixels side by side are six bytes.
__device__ bool has_six(const DevicePicture& picture) {
  return picture.format != PixelFormat::kGrey && picture.width > 1;
}

/// Pixels `first` and the one behind it; grey ones as three equal bytes. kSix: has_six.
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

/// The planes of one pixel, 0 to 255: divided once, at the end.
template <int kPlanes>
struct Colour {
  float planes[kPlanes];
};

/// Pixel 0 or 1 of a pair, in the order of the bytes; on one plane its luma as the CPU computes it.
template <int kPlanes>
__device__ Colour<kPlanes> colour_of(const PixelPair& pair, int index, PixelFormat format) {
  const std::uint32_t word = index == 0 ? pair.low : __funnelshift_r(pair.low, pair.high, 24);
  if constexpr (kPlanes == 3) {
    return {byte_of(word, 0), byte_of(word, 1), byte_of(word, 2)};
  } else {
    const std::uint32_t first = word & 255U;
    const std::uint32_t green = word >> 8U & 255U;
    const std::uint32_t last = word >> 16U & 255U;
    if (format == PixelFormat::kGrey) {
      return {static_cast<float>(first)};
    }
    const bool rgb = format == PixelFormat::kRgb;
    return {static_cast<float>(
        (77 * (rgb ? first : last) + 150 * green + 29 * (rgb ? last : first)) >> 8U)};
  }
}

template <int kPlanes>
__device__ Colour<kPlanes> mix(const Colour<kPlanes>& first, const Colour<kPlanes>& second,
                               float fraction) {
  Colour<kPlanes> mixed;
#pragma unroll
  for (int plane = 0; plane < kPlanes; ++plane) {
    mixed.planes[plane] = mix(first.planes[plane], second.planes[plane], fraction);
  }
  return mixed;
}

/// What a pixel is made of: pairs of two rows, and how far between them it lies.
struct Corners {
  PixelPair upper;
  PixelPair lower;
  float fraction;
};

template <int kPlanes>
__device__ Colour<kPlanes> blended(const Corners& corners, float across, PixelFormat format) {
  const auto row = [&](const PixelPair& pair) {
    return mix(colour_of<kPlanes>(pair, 0, format), colour_of<kPlanes>(pair, 1, format), across);
  };
  Colour<kPlanes> colour = mix(row(corners.upper), row(corners.lower), corners.fraction);
#pragma unroll
  for (float& plane : colour.planes) {
    plane = divided_by_255(plane);
  }
  return colour;
}

/// Where a thread's pixels lie in the input: `column`, and every kBlockHeight-th row from `row` on.
struct Place {
  int column;
  int row;
};

/// All fetches first, without a branch between them (outside the picture's area those of its edge),
/// then the arithmetic.
template <int kPlanes, bool kSix, typename T>
__device__ void make_pixels(const DevicePicture& picture, const std::uint8_t* start, Place place,
                            graph::Shape input, T* planes) {
  const Area& area = picture.area;
  const int x = place.column - area.x;
  const Tap across =
      tap_at(min(max(x, 0), area.width - 1), picture.width, area.width, picture.step_x);
  Corners corners[kPixelsAThread];
#pragma unroll
  for (int i = 0; i < kPixelsAThread; ++i) {
    const int y = place.row + i * kBlockHeight - area.y;
    const Tap down =
        tap_at(min(max(y, 0), area.height - 1), picture.height, area.height, picture.step_y);
    const int next = min(down.first + 1, picture.height - 1);
    const std::size_t stride = picture.stride;
    corners[i] = {load_pair<kSix>(start + down.first * stride, across.first, picture),
                  load_pair<kSix>(start + next * stride, across.first, picture), down.fraction};
  }
  // Planes are red, green, blue.
  const bool reversed = kPlanes == 3 && picture.format == PixelFormat::kBgr;
  const std::size_t plane_size = std::size_t{1} * input.width * input.height;
#pragma unroll
  for (int i = 0; i < kPixelsAThread; ++i) {
    const int row = place.row + i * kBlockHeight;
    const int y = row - area.y;
    if (row >= input.height) {
      return;
    }
    const bool inside = x >= 0 && x < area.width && y >= 0 && y < area.height;
    const Colour<kPlanes> colour = blended<kPlanes>(corners[i], across.fraction, picture.format);
    T* const at = planes + static_cast<std::size_t>(row) * input.width + place.column;
#pragma unroll
    for (int p = 0; p < kPlanes; ++p) {
      store(at + static_cast<std::size_t>(reversed ? kPlanes - 1 - p : p) * plane_size,
            inside ? colour.planes[p] : kFill);
    }
  }
}

/// Grid: columns x kPixelsAThread rows x pictures.
template <int kPlanes, typename T>
__global__ void __launch_bounds__(kBlockWidth* kBlockHeight)
    resize_pictures(ResizeBatch batch, T* output) {
  const DevicePicture picture = batch.pictures[blockIdx.z];
  const Place place{
      static_cast<int>(blockIdx.x) * kBlockWidth + static_cast<int>(threadIdx.x),
      static_cast<int>(blockIdx.y) * kPixelsAThread * kBlockHeight + static_cast<int>(threadIdx.y)};
  if (place.column >= batch.input.width || picture.width == 0) {
    return;
  }
  const std::uint8_t* const start = batch.pixels + picture.offset;
  T* const planes =
      output + blockIdx.z * std::size_t{kPlanes} * batch.input.width * batch.input.height;
  if (has_six(picture)) {
    make_pixels<kPlanes, true>(picture, start, place, batch.input, planes);
  } else {
    make_pixels<kPlanes, false>(picture, start, place, batch.input, planes);
  }
}

template <typename T>
void enqueue(const ResizeBatch& batch, T* output, cudaStream_t stream) {
  const auto blocks = [](int size, int block) {
    return static_cast<unsigned>((size + block - 1) / block);
  };
  const dim3 grid{blocks(batch.input.width, kBlockWidth),
                  blocks(batch.input.height, kBlockHeight * kPixelsAThread),
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
