#include <cstddef>

#include "cuda/check.hpp"
#include "ops/resize_cuda.hpp"

namespace yolofleet::ops {
namespace {

// A warp stands along a row, so what it reads and writes lies side by side.
constexpr unsigned kBlockWidth = 32;
constexpr unsigned kBlockHeight = 8;
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
  std::uint32_t high;  ///< bytes 4 and 5 in its lower half
};

/// Six bytes at any address, by aligned words; of them only those that hold some of the six.
__device__ PixelPair load_six(const std::uint8_t* at) {
  const auto address = reinterpret_cast<std::uintptr_t>(at);
  const auto* words = reinterpret_cast<const std::uint32_t*>(address & ~std::uintptr_t{3});
  const auto offset = static_cast<unsigned>(address & 3U);
  const std::uint32_t first = __ldg(words);
  const std::uint32_t second = __ldg(words + 1);
  const std::uint32_t third = offset == 3 ? __ldg(words + 2) : 0;
  return {__funnelshift_r(first, second, 8 * offset), __funnelshift_r(second, third, 8 * offset)};
}

/// Pixels `first` and the one behind it; grey ones as three equal bytes.
__device__ PixelPair load_pair(const std::uint8_t* row, int first, const DevicePicture& picture) {
  const bool grey = picture.format == PixelFormat::kGrey;
  if (!grey && picture.width > 1) {
    return load_six(row + 3 * first);
  }
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

template <int kPlanes>
__device__ Colour<kPlanes> resized_colour(const DevicePicture& picture, const std::uint8_t* pixels,
                                          int x, int y) {
  const Tap across = tap_at(x, picture.width, picture.area.width, picture.step_x);
  const Tap down = tap_at(y, picture.height, picture.area.height, picture.step_y);
  const std::uint8_t* start = pixels + picture.offset;
  const int next = min(down.first + 1, picture.height - 1);
  const auto row_colour = [&](int row) {
    const PixelPair pair =
        load_pair(start + static_cast<std::size_t>(row) * picture.stride, across.first, picture);
    return mix(colour_of<kPlanes>(pair, 0, picture.format),
               colour_of<kPlanes>(pair, 1, picture.format), across.fraction);
  };
  Colour<kPlanes> mixed = mix(row_colour(down.first), row_colour(next), down.fraction);
#pragma unroll
  for (float& plane : mixed.planes) {
    plane = divided_by_255(plane);
  }
  return mixed;
}

/// A thread a pixel of the input, all its planes. Grid: columns x rows x pictures.
template <int kPlanes, typename T>
__global__ void __launch_bounds__(kBlockWidth* kBlockHeight)
    resize_pictures(ResizeBatch batch, T* output) {
  const DevicePicture& picture = batch.pictures[blockIdx.z];
  const int column = static_cast<int>(blockIdx.x * kBlockWidth + threadIdx.x);
  const int row = static_cast<int>(blockIdx.y * kBlockHeight + threadIdx.y);
  if (column >= batch.input.width || row >= batch.input.height || picture.width == 0) {
    return;
  }
  const int x = column - picture.area.x;
  const int y = row - picture.area.y;
  const bool inside = x >= 0 && x < picture.area.width && y >= 0 && y < picture.area.height;
  Colour<kPlanes> colour{};
  if (inside) {
    colour = resized_colour<kPlanes>(picture, batch.pixels, x, y);
  }
  const std::size_t plane_size = std::size_t{1} * batch.input.width * batch.input.height;
  T* const at = output + blockIdx.z * kPlanes * plane_size +
                static_cast<std::size_t>(row) * batch.input.width + column;
  // Planes are red, green, blue.
  const bool reversed = kPlanes == 3 && picture.format == PixelFormat::kBgr;
#pragma unroll
  for (int plane = 0; plane < kPlanes; ++plane) {
    store(at + static_cast<std::size_t>(reversed ? kPlanes - 1 - plane : plane) * plane_size,
          inside ? colour.planes[plane] : kFill);
  }
}

template <typename T>
void enqueue(const ResizeBatch& batch, T* output, cudaStream_t stream) {
  const auto blocks = [](int size, unsigned block) {
    return (static_cast<unsigned>(size) + block - 1) / block;
  };
  const dim3 grid{blocks(batch.input.width, kBlockWidth), blocks(batch.input.height, kBlockHeight),
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
