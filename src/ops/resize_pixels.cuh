#pragma once

#include "ops/resize_source.cuh"

namespace yolofleet::ops {

// The oldest cards have room for 1,024 threads a multiprocessor.
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ < 800
constexpr int kMostBlocksAMultiprocessor = 4;
#else
constexpr int kMostBlocksAMultiprocessor = 6;
#endif

/// RGB and BGR. The planes of its colours are in the order of the bytes.
struct PixelSource {
  static constexpr PictureKind kKind = PictureKind::kPixels;
  static constexpr int kPixelsAThread = 4;
  static constexpr int kInFlight = 4;
  // Measured on the H100: one more than the registers would allow.
  static constexpr int kBlocksAMultiprocessor = kMostBlocksAMultiprocessor;

  struct Row {
    const std::uint8_t* upper;
    const std::uint8_t* lower;
  };
  using Column = int;  ///< bytes from the start of a row

  /// Two neighbouring pixels of three bytes each, lowest byte first.
  struct PixelPair {
    std::uint32_t low;   ///< bytes 0 to 3
    std::uint32_t high;  ///< bytes 4 and 5 in its lower half, anything above them
  };
  struct Loaded {
    PixelPair upper;
    PixelPair lower;
  };

  __device__ static Row row(const DevicePicture& picture, const Tap& tap) {
    const auto at = [&](int y) {
      return picture.planes[0] + static_cast<std::size_t>(y) * picture.strides[0];
    };
    return {at(tap.first), at(tap.second)};
  }
  __device__ static Column column(const DevicePicture& /*picture*/, const Tap& tap) {
    return 3 * tap.first;
  }

  __device__ static Loaded load(const DevicePicture& /*picture*/, const Row& row, Column column) {
    return {load_six(row.upper + column), load_six(row.lower + column)};
  }

  template <int kPlanes>
  __device__ static TwoRows<kPlanes> colours(const DevicePicture& picture, const Row& /*row*/,
                                             const Loaded& loaded, Column /*column*/,
                                             float fraction) {
    return {mixed<kPlanes>(loaded.upper, fraction, picture.format),
            mixed<kPlanes>(loaded.lower, fraction, picture.format)};
  }

  __device__ static bool reversed(const DevicePicture& picture) {
    return picture.format == PixelFormat::kBgr;
  }

 private:
  __device__ static PixelPair load_six(const std::uint8_t* at) {
    const auto address = reinterpret_cast<std::uintptr_t>(at);
    const auto* words = reinterpret_cast<const std::uint32_t*>(address & ~std::uintptr_t{3});
    const auto offset = static_cast<unsigned>(address & 3U);
    const std::uint32_t first = __ldg(words);
    const std::uint32_t second = __ldg(words + 1);
    const std::uint32_t third = __ldg(words + (offset == 3 ? 2 : 1));
    return {__funnelshift_r(first, second, 8 * offset), __funnelshift_r(second, third, 8 * offset)};
  }

  template <int kPlanes>
  __device__ static Colour<kPlanes> colour_of(std::uint32_t pixel, PixelFormat format) {
    if constexpr (kPlanes == 1) {
      const bool rgb = format == PixelFormat::kRgb;
      const auto byte = [&](unsigned index) {
        return static_cast<std::uint8_t>(pixel >> 8 * index);
      };
      return biased_colour<1>({byte(rgb ? 0 : 2), byte(1), byte(rgb ? 2 : 0)});
    } else {
      return {{biased_byte(pixel, 0), biased_byte(pixel, 1), biased_byte(pixel, 2)}};
    }
  }

  template <int kPlanes>
  __device__ static Colour<kPlanes> mixed(const PixelPair& pair, float fraction,
                                          PixelFormat format) {
    const std::uint32_t second = __funnelshift_r(pair.low, pair.high, 24);
    return between(colour_of<kPlanes>(pair.low, format), colour_of<kPlanes>(second, format),
                   fraction);
  }
};

}  // namespace yolofleet::ops
