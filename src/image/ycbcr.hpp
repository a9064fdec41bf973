#pragma once

#include <cstddef>
#include <cstdint>

#include "base/host_device.hpp"
#include "yolofleet/planes.hpp"

/// The arithmetic from samples in planes to RGB, in integers, shared by the CPU and the kernels.
/// For JFIF it is that of libjpeg-turbo's default decoding: «fancy» upsampling (jdsample.c) and the
/// colour tables of jdcolor.c.
namespace yolofleet::image {

/// Sums of products with these factors, in 1/65536, are RGB values from 0 to 255.
struct YcbcrToRgb {
  int luma = 0;
  int red_cr = 0;
  int green_cb = 0;
  int green_cr = 0;
  int blue_cb = 0;
  int luma_zero = 0;    ///< the sample that is black
  int chroma_zero = 0;  ///< the sample without colour
  int drop = 0;         ///< low bits of a sample that are dropped first, so that sums fit
};

/// The factors for a format. Samples of more than 10 bits are used with 10.
YcbcrToRgb ycbcr_to_rgb(const PlaneFormat& format) noexcept;

struct Rgb {
  std::uint8_t red = 0;
  std::uint8_t green = 0;
  std::uint8_t blue = 0;
};

YOLOFLEET_HOST_DEVICE inline std::uint8_t clamped_to_byte(int value) noexcept {
  return static_cast<std::uint8_t>(value < 0 ? 0 : (value > 255 ? 255 : value));
}

/// A colour in 1/65536, rounding included, before it is clamped.
struct RgbSums {
  int red = 0;
  int green = 0;
  int blue = 0;
};

/// The colour of a pixel from its samples, after YcbcrToRgb::drop.
YOLOFLEET_HOST_DEVICE inline RgbSums rgb_sums(int luma, int cb, int cr,
                                              const YcbcrToRgb& to) noexcept {
  constexpr int kHalf = 1 << 15;
  const int base = to.luma * (luma - to.luma_zero) + kHalf;
  const int blue = cb - to.chroma_zero;
  const int red = cr - to.chroma_zero;
  return {base + to.red_cr * red, base + to.green_cb * blue + to.green_cr * red,
          base + to.blue_cb * blue};
}

YOLOFLEET_HOST_DEVICE inline Rgb rgb_of(int luma, int cb, int cr, const YcbcrToRgb& to) noexcept {
  const RgbSums sums = rgb_sums(luma, cb, cr, to);
  return {clamped_to_byte(sums.red >> 16), clamped_to_byte(sums.green >> 16),
          clamped_to_byte(sums.blue >> 16)};
}

/// The two chroma samples that a luma position interpolates in one direction: `near` counts three
/// times, `far` once. Without interpolation both are the same.
struct ChromaTap {
  int near = 0;
  int far = 0;
};

/// `halved`: chroma has half as many samples in this direction, `samples` of them.
YOLOFLEET_HOST_DEVICE inline ChromaTap chroma_tap(int luma, bool halved, int samples) noexcept {
  if (!halved) {
    return {luma, luma};
  }
  const int near = luma / 2;
  const int far = luma % 2 == 0 ? near - 1 : near + 1;
  return {near, far < 0 ? 0 : (far >= samples ? samples - 1 : far)};
}

/// Mixes the four samples of two taps as libjpeg does, which rounds differently at even and odd
/// positions. `xy` is the sample at column tap x and row tap y.
struct ChromaSamples {
  int near_near = 0;  ///< column near, row near
  int far_near = 0;   ///< column far, row near
  int near_far = 0;   ///< column near, row far
  int far_far = 0;
};

YOLOFLEET_HOST_DEVICE inline int mixed_chroma(const ChromaSamples& samples, Subsampling subsampling,
                                              int x, int y) noexcept {
  switch (subsampling) {
    case Subsampling::k422:
      return (3 * samples.near_near + samples.far_near + (x % 2 == 0 ? 1 : 2)) >> 2;
    case Subsampling::k440:
      return (3 * samples.near_near + samples.near_far + (y % 2 == 0 ? 1 : 2)) >> 2;
    case Subsampling::k420: {
      const int near = 3 * samples.near_near + samples.near_far;
      const int far = 3 * samples.far_near + samples.far_far;
      return (3 * near + far + (x % 2 == 0 ? 8 : 7)) >> 4;
    }
    default:
      return samples.near_near;
  }
}

/// How the chroma of a picture relates to its luma.
struct ChromaSampling {
  bool halved_columns = false;
  bool halved_rows = false;
  bool interpolated = false;  ///< false: the near sample is used as it is
};

/// libjpeg doesn't interpolate halved columns of chroma where there are fewer than three.
/// `columns`: chroma_width.
YOLOFLEET_HOST_DEVICE inline ChromaSampling sampling_of(Subsampling subsampling,
                                                        int columns) noexcept {
  const bool halved_columns = subsampling == Subsampling::k422 || subsampling == Subsampling::k420;
  const bool halved_rows = subsampling == Subsampling::k440 || subsampling == Subsampling::k420;
  return {halved_columns, halved_rows, halved_columns ? columns > 2 : halved_rows};
}

/// The sizes that decide how a picture's chroma is read.
struct ChromaSize {
  Subsampling subsampling = Subsampling::k444;
  int width = 0;  ///< chroma_width
  int height = 0;
};

/// The chroma of the luma position (x, y), from `sample(x, y)`, which gives samples of one plane.
template <typename Sample>
YOLOFLEET_HOST_DEVICE int chroma_at(int x, int y, const ChromaSize& size, const Sample& sample) {
  const ChromaSampling sampling = sampling_of(size.subsampling, size.width);
  const ChromaTap column = chroma_tap(x, sampling.halved_columns, size.width);
  const ChromaTap row = chroma_tap(y, sampling.halved_rows, size.height);
  if (!sampling.interpolated) {
    return sample(column.near, row.near);
  }
  const ChromaSamples samples{sample(column.near, row.near), sample(column.far, row.near),
                              sample(column.near, row.far), sample(column.far, row.far)};
  return mixed_chroma(samples, size.subsampling, x, y);
}

/// Reads the pixels of a picture one by one: the plain version, which judges the fast ones.
class PlanesReader {
 public:
  /// The samples must outlive this object. Precondition: a valid view.
  explicit PlanesReader(const PlanesView& picture) noexcept;

  /// The colour of a pixel; `x` and `y` count as the picture lies in memory, whatever its
  /// orientation.
  Rgb at(int x, int y) const noexcept;

 private:
  int sample(int plane, int x, int y) const noexcept;
  int chroma(int plane, int x, int y) const noexcept;

  PlanesView picture_;
  YcbcrToRgb to_rgb_;
  ChromaSize chroma_;
};

}  // namespace yolofleet::image
