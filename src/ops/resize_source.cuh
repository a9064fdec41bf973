#pragma once

#include <cuda_fp16.h>

#include <cstdint>

#include "ops/resize_cuda.hpp"

/// The parts that the sources share. A source is the way in which the resize kernel reads pictures
/// of one PictureKind: PixelSource, PlanarSource and GeneralSource. Each has
/// - Row, the rows of a picture that a target row lies between, which a block's threads share;
/// - Column, the same for a column, of one thread;
/// - Loaded, the bytes for one target pixel, and `load`, which only loads;
/// - `colours`, the arithmetic on them;
/// - kPixelsAThread, of which kInFlight are loaded together, and kBlocksAMultiprocessor, the least
///   number of blocks for each multiprocessor.
namespace yolofleet::ops {

/// A target position lies `fraction` of the way from source position `first` to `second`: the CPU
/// version's `make_taps`.
struct Tap {
  int first;
  int second;
  float fraction;
};

__device__ inline Tap tap_at(int i, int source, int target, float step) {
  if (i >= target - 1) {  // the last position reads the last source position, whatever the rounding
    return {max(source - 2, 0), source - 1, 1.0F};
  }
  const float position = __fmul_rn(static_cast<float>(i), step);
  const int first = max(min(static_cast<int>(position), source - 2), 0);
  return {first, min(first + 1, source - 1), position - static_cast<float>(first)};
}

/// A byte as a float, plus 2^23: the byte is the low bits of that number's mantissa. A conversion
/// would take four times as long.
constexpr float kBias = 8388608.0F;
__device__ inline float biased(std::uint32_t byte) {
  return __uint_as_float(0x4B000000U | byte);
}
/// Byte `index` of a word.
__device__ inline float biased_byte(std::uint32_t word, unsigned index) {
  return __uint_as_float(__byte_perm(word, 0x4B000000U, 0x7540U + index));
}

/// The values of one pixel for the input's planes.
template <int kPlanes>
struct Colour {
  float planes[kPlanes];
};

/// The colour of a pixel, plus 2^23; its luma, as the CPU version computes it, for one plane.
template <int kPlanes>
__device__ Colour<kPlanes> biased_colour(const image::Rgb& rgb) {
  const std::uint32_t red = rgb.red;
  const std::uint32_t green = rgb.green;
  const std::uint32_t blue = rgb.blue;
  if constexpr (kPlanes == 1) {
    return {{biased((77 * red + 150 * green + 29 * blue) >> 8U)}};
  } else {
    return {{biased(red), biased(green), biased(blue)}};
  }
}

/// Interpolates between two neighbouring biased colours; 0 to 255, without the bias.
template <int kPlanes>
__device__ Colour<kPlanes> between(const Colour<kPlanes>& a, const Colour<kPlanes>& b,
                                   float fraction) {
  Colour<kPlanes> colour;
#pragma unroll
  for (int plane = 0; plane < kPlanes; ++plane) {
    colour.planes[plane] =
        __fmaf_rn(fraction, b.planes[plane] - a.planes[plane], a.planes[plane] - kBias);
  }
  return colour;
}

/// The colours between the source's columns, in its two rows.
template <int kPlanes>
struct TwoRows {
  Colour<kPlanes> upper;
  Colour<kPlanes> lower;
};

}  // namespace yolofleet::ops
