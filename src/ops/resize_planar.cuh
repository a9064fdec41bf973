#pragma once

#include "ops/resize_source.cuh"

namespace yolofleet::ops {

/// Three planes of 8 bits, as in most JPEG files. All subsamplings take one way: a target pixel
/// lies between two rows and two columns of luma, and its chroma in up to three rows and columns.
/// A row of chroma without a neighbour to be mixed with counts four times.
struct PlanarSource {
  static constexpr PictureKind kKind = PictureKind::kPlanar;
  static constexpr int kPixelsAThread = 4;
  static constexpr int kInFlight = 2;
  static constexpr int kBlocksAMultiprocessor = 4;

  /// The upper row of luma mixes chroma row 0, which counts three times, with row 1. The lower one
  /// mixes row 0 with row 2, by weights.
  struct Row {
    const std::uint8_t* luma[2];
    const std::uint8_t* chroma[2][3];  ///< of Cb and Cr
    std::uint32_t lower_weights[2];    ///< of chroma rows 0 and 2
  };
  /// The selectors pick bytes of the three columns of chroma for the left pixel, into the lower
  /// half of a word, and for the right one, into the upper half.
  struct Column {
    int luma;
    int chroma;  ///< the first of the three columns
    std::uint32_t near;
    std::uint32_t far;
    std::uint32_t rounding;
  };
  struct Loaded {
    std::uint8_t luma[2][2];     ///< by row and column
    std::uint32_t chroma[2][3];  ///< of Cb and Cr: three columns of the three rows
  };

  __device__ static Row row(const DevicePicture& picture, const Tap& tap) {
    const bool halved = picture.subsampling == Subsampling::k420;
    const image::ChromaTap upper = image::chroma_tap(tap.first, halved, picture.chroma_height);
    const image::ChromaTap lower = image::chroma_tap(tap.second, halved, picture.chroma_height);
    const bool near = lower.near == upper.near;
    const std::uint32_t weight = near ? 3 : (lower.far == upper.near ? 1 : 0);
    const int rows[3] = {upper.near, upper.far, near ? lower.far : lower.near};
    const auto at = [&](int plane, int y) {
      return picture.planes[plane] + static_cast<std::size_t>(y) * picture.strides[plane];
    };
    Row row{{at(0, tap.first), at(0, tap.second)}, {}, {weight, 4 - weight}};
    for (int plane = 0; plane < 2; ++plane) {
      for (int i = 0; i < 3; ++i) {
        row.chroma[plane][i] = at(plane + 1, rows[i]);
      }
    }
    return row;
  }

  __device__ static Column column(const DevicePicture& picture, const Tap& tap) {
    const bool halved = picture.subsampling != Subsampling::k444;
    const image::ChromaTap left = image::chroma_tap(tap.first, halved, picture.chroma_width);
    const image::ChromaTap right = image::chroma_tap(tap.second, halved, picture.chroma_width);
    const int first = min(min(left.near, left.far), picture.chroma_width - 3);
    const auto both = [](int a, int b) {
      return static_cast<unsigned>(a) | static_cast<unsigned>(b) << 16U;
    };
    const auto selector = [&](int a, int b) {  // byte 4 is zero
      return static_cast<unsigned>(a - first) | static_cast<unsigned>(b - first) << 8U | 0x4040U;
    };
    // The summands of mixed_chroma, in sixteenths, also where it has quarters.
    const bool even = tap.first % 2 == 0;
    const bool rows = picture.subsampling == Subsampling::k420;
    const unsigned rounding =
        rows ? (even ? both(8, 7) : both(7, 8)) : (even ? both(4, 8) : both(8, 4));
    return {tap.first, first, selector(left.near, right.near), selector(left.far, right.far),
            halved ? rounding : 0};
  }

  __device__ static Loaded load(const DevicePicture& /*picture*/, const Row& row,
                                const Column& column) {
    Loaded loaded;
#pragma unroll
    for (int i = 0; i < 2; ++i) {
      const std::uint8_t* const luma = row.luma[i] + column.luma;
      loaded.luma[i][0] = __ldg(luma);
      loaded.luma[i][1] = __ldg(luma + 1);
#pragma unroll
      for (int j = 0; j < 3; ++j) {
        const std::uint8_t* const chroma = row.chroma[i][j] + column.chroma;
        loaded.chroma[i][j] = __ldg(chroma) | __ldg(chroma + 1) << 8U | __ldg(chroma + 2) << 16U;
      }
    }
    return loaded;
  }

  template <int kPlanes>
  __device__ static TwoRows<kPlanes> colours(const DevicePicture& picture, const Row& row,
                                             const Loaded& loaded, const Column& column,
                                             float fraction) {
    const auto mixed = [&](int i, const Chroma& chroma) {
      const auto sums = [&](int side) {
        return image::rgb_sums(loaded.luma[i][side], chroma.of(0, side), chroma.of(1, side),
                               picture.to_rgb);
      };
      const auto a = sums(0);
      const auto b = sums(1);
      const std::uint32_t red = clamped_pair(a.red, b.red);
      const std::uint32_t green = clamped_pair(a.green, b.green);
      const std::uint32_t blue = clamped_pair(a.blue, b.blue);
      return between(colour_in<kPlanes>(red, green, blue, 0),
                     colour_in<kPlanes>(red, green, blue, 2), fraction);
    };
    Chroma upper;
    Chroma lower;
#pragma unroll
    for (int plane = 0; plane < 2; ++plane) {
      const std::uint32_t* const rows = loaded.chroma[plane];
      const auto down = [&](std::uint32_t selector, std::uint32_t& above, std::uint32_t& below) {
        const std::uint32_t first = __byte_perm(rows[0], 0, selector);
        above = 3 * first + __byte_perm(rows[1], 0, selector);
        below =
            row.lower_weights[0] * first + row.lower_weights[1] * __byte_perm(rows[2], 0, selector);
      };
      std::uint32_t near[2];
      std::uint32_t far[2];
      down(column.near, near[0], near[1]);
      down(column.far, far[0], far[1]);
      upper.sixteenths[plane] = 3 * near[0] + far[0] + column.rounding;
      lower.sixteenths[plane] = 3 * near[1] + far[1] + column.rounding;
    }
    return {mixed(0, upper), mixed(1, lower)};
  }

  __device__ static bool reversed(const DevicePicture& /*picture*/) {
    return false;
  }

 private:
  /// The bytes of two sums in 1/65536, each in half a word. Samples of 8 bits give sums of less
  /// than 16 bits before the point.
  __device__ static std::uint32_t clamped_pair(int a, int b) {
    const std::uint32_t both =
        __byte_perm(static_cast<std::uint32_t>(a), static_cast<std::uint32_t>(b), 0x7632U);
    return __vimin_s16x2_relu(both, 0x00FF00FFU);
  }

  /// The colour of the left pixel (`byte` 0) or the right one (2).
  template <int kPlanes>
  __device__ static Colour<kPlanes> colour_in(std::uint32_t red, std::uint32_t green,
                                              std::uint32_t blue, unsigned byte) {
    if constexpr (kPlanes == 1) {
      return {{biased_byte((77 * red + 150 * green + 29 * blue) >> 8U, byte)}};
    } else {
      return {{biased_byte(red, byte), biased_byte(green, byte), biased_byte(blue, byte)}};
    }
  }

  /// The chroma of two neighbouring pixels of a row, Cb and Cr, in sixteenths: up to 12 bits in
  /// each half of a word.
  struct Chroma {
    std::uint32_t sixteenths[2];
    __device__ int of(int plane, int side) const {
      const std::uint32_t word = sixteenths[plane];
      return static_cast<int>(side == 0 ? word >> 4U & 255U : word >> 20U);
    }
  };
};

}  // namespace yolofleet::ops
