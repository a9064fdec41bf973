#pragma once

#include <array>
#include <cstdint>

#include "yolofleet/image.hpp"

namespace yolofleet::image {

/// Red, green, blue.
using Colour = std::array<std::uint8_t, 3>;

/// Whole pixels: from left and top, up to but without right and bottom.
struct Rect {
  int left = 0;
  int top = 0;
  int right = 0;
  int bottom = 0;

  int width() const { return right - left; }
  int height() const { return bottom - top; }
  bool overlaps(const Rect& other) const {
    return left < other.right && other.left < right && top < other.bottom && other.top < bottom;
  }
};

/// Paints into a picture of any pixel format; what lies outside the picture is left out.
class Canvas {
 public:
  /// Paints into `image`, which must outlive this object.
  explicit Canvas(Image& image) : image_(image) {}

  int width() const { return image_.width(); }
  int height() const { return image_.height(); }

  void fill(const Rect& area, const Colour& colour);

  /// A frame `line` pixels thick along the inside of `outer`.
  void frame(const Rect& outer, int line, const Colour& colour);

  /// Mixes `coverage` (0 to 1) of the colour into a pixel.
  void blend(int x, int y, const Colour& colour, float coverage);

 private:
  Image& image_;
};

/// Luma of a colour, 0 to 255 (ITU-R BT.601).
int luma(const Colour& colour);

}  // namespace yolofleet::image
