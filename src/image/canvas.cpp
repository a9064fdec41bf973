#include "image/canvas.hpp"

#include <algorithm>
#include <cmath>

namespace yolofleet::image {
namespace {

/// The colour's bytes in the order of the format; for grey only the first byte is used.
Colour stored(const Colour& colour, PixelFormat format) {
  switch (format) {
    case PixelFormat::kBgr:
      return {colour[2], colour[1], colour[0]};
    case PixelFormat::kGrey:
      return {static_cast<std::uint8_t>(luma(colour)), 0, 0};
    case PixelFormat::kRgb:
      break;
  }
  return colour;
}

std::uint8_t* pixel_at(Image& image, int x, int y) {
  return image.pixels().data() + (static_cast<std::size_t>(y) * image.stride()) +
         (static_cast<std::size_t>(x) * static_cast<std::size_t>(channels(image.format())));
}

}  // namespace

int luma(const Colour& colour) {
  return ((299 * colour[0]) + (587 * colour[1]) + (114 * colour[2]) + 500) / 1000;
}

void Canvas::fill(const Rect& area, const Colour& colour) {
  const int left = std::max(area.left, 0);
  const int right = std::min(area.right, width());
  const int bottom = std::min(area.bottom, height());
  const Colour bytes = stored(colour, image_.format());
  const int pixel = channels(image_.format());
  for (int y = std::max(area.top, 0); y < bottom && left < right; ++y) {
    std::uint8_t* to = pixel_at(image_, left, y);
    for (int x = left; x < right; ++x, to += pixel) {
      std::copy_n(bytes.begin(), pixel, to);
    }
  }
}

void Canvas::frame(const Rect& outer, int line, const Colour& colour) {
  const int top = std::min(outer.top + line, outer.bottom);
  const int bottom = std::max(outer.bottom - line, top);
  fill({outer.left, outer.top, outer.right, top}, colour);
  fill({outer.left, bottom, outer.right, outer.bottom}, colour);
  fill({outer.left, top, std::min(outer.left + line, outer.right), bottom}, colour);
  fill({std::max(outer.right - line, outer.left), top, outer.right, bottom}, colour);
}

void Canvas::blend(int x, int y, const Colour& colour, float coverage) {
  if (x < 0 || y < 0 || x >= width() || y >= height()) {
    return;
  }
  const Colour bytes = stored(colour, image_.format());
  const auto pixel = static_cast<std::size_t>(channels(image_.format()));
  std::uint8_t* to = pixel_at(image_, x, y);
  for (std::size_t c = 0; c < pixel; ++c) {
    const auto from = static_cast<float>(to[c]);
    const float mixed = from + ((static_cast<float>(bytes[c]) - from) * coverage);
    to[c] = static_cast<std::uint8_t>(std::lround(mixed));
  }
}

}  // namespace yolofleet::image
