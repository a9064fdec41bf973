#include "image/ycbcr.hpp"

#include <cmath>
#include <cstring>

namespace yolofleet::image {
namespace {

/// RGB for luma and chroma in -0.5 to 0.5: red = luma + red_cr * Cr, and so on.
struct Matrix {
  double red_cr;
  double green_cb;
  double green_cr;
  double blue_cb;
};

/// The matrix whose luma is `red` R + (1 - red - blue) G + `blue` B.
Matrix matrix_of(double red, double blue) {
  const double green = 1.0 - red - blue;
  return {2 * (1 - red), -2 * (1 - blue) * blue / green, -2 * (1 - red) * red / green,
          2 * (1 - blue)};
}

Matrix matrix_of(YcbcrMatrix matrix) {
  switch (matrix) {
    case YcbcrMatrix::kBt709:
      return matrix_of(0.2126, 0.0722);
    case YcbcrMatrix::kBt2020:
      return matrix_of(0.2627, 0.0593);
    case YcbcrMatrix::kBt601:
      break;
  }
  return {1.402, -0.34414, -0.71414, 1.772};  // as JFIF rounds them
}

int fixed(double value) {
  return static_cast<int>(std::lround(value * 65536));
}

}  // namespace

YcbcrToRgb ycbcr_to_rgb(const PlaneFormat& format) noexcept {
  constexpr int kMostBits = 10;
  const int bits = format.bits < kMostBits ? format.bits : kMostBits;
  const bool full = format.range == YcbcrRange::kFull;
  const double unit = 1 << (bits - 8);
  const double luma = full ? 255.0 / ((1 << bits) - 1) : 255.0 / (219 * unit);
  const double chroma = full ? luma : 255.0 / (224 * unit);
  const Matrix matrix = matrix_of(format.matrix);
  return {fixed(luma),
          fixed(chroma * matrix.red_cr),
          fixed(chroma * matrix.green_cb),
          fixed(chroma * matrix.green_cr),
          fixed(chroma * matrix.blue_cb),
          full ? 0 : 16 << (bits - 8),
          128 << (bits - 8),
          format.bits - bits};
}

PlanesReader::PlanesReader(const PlanesView& picture) noexcept
    : picture_(picture),
      to_rgb_(ycbcr_to_rgb(picture.format)),
      chroma_{picture.format.subsampling, chroma_width(picture.format.subsampling, picture.width),
              chroma_height(picture.format.subsampling, picture.height)} {}

int PlanesReader::sample(int plane, int x, int y) const noexcept {
  const auto index = static_cast<std::size_t>(plane);
  const std::uint8_t* const row =
      picture_.planes[index] + static_cast<std::size_t>(y) * picture_.strides[index];
  const int step = plane > 0 && picture_.format.interleaved ? 2 : 1;
  if (picture_.format.bits == 8) {
    return row[std::ptrdiff_t{x} * step];
  }
  std::uint16_t value = 0;
  std::memcpy(&value, row + std::ptrdiff_t{2} * step * x, sizeof value);
  return value >> to_rgb_.drop;
}

int PlanesReader::chroma(int plane, int x, int y) const noexcept {
  return chroma_at(x, y, chroma_, [&](int column, int row) { return sample(plane, column, row); });
}

Rgb PlanesReader::at(int x, int y) const noexcept {
  const int luma = sample(0, x, y);
  if (picture_.format.subsampling == Subsampling::kGrey) {
    return rgb_of(luma, to_rgb_.chroma_zero, to_rgb_.chroma_zero, to_rgb_);
  }
  return rgb_of(luma, chroma(1, x, y), chroma(2, x, y), to_rgb_);
}

}  // namespace yolofleet::image
