#include "image/orient.hpp"

#include <algorithm>
#include <utility>

namespace yolofleet::image {
namespace {

/// Where the shown pixel (x, y) lies in the stored picture: at `origin` + x * `right` + y * `down`
/// bytes.
struct Walk {
  std::ptrdiff_t origin;
  std::ptrdiff_t right;
  std::ptrdiff_t down;
};

Walk walk_of(const Image& stored, int orientation) {
  const std::ptrdiff_t pixel = channels(stored.format());
  const auto row = static_cast<std::ptrdiff_t>(stored.stride());
  const std::ptrdiff_t last_column = pixel * (stored.width() - 1);
  const std::ptrdiff_t last_row = row * (stored.height() - 1);
  switch (orientation) {
    case 2:  // mirrored left to right
      return {last_column, -pixel, row};
    case 3:  // turned by 180 degrees
      return {last_column + last_row, -pixel, -row};
    case 4:  // mirrored top to bottom
      return {last_row, pixel, -row};
    case 5:  // mirrored at the main diagonal
      return {0, row, pixel};
    case 6:  // to be turned clockwise by 90 degrees
      return {last_row, -row, pixel};
    case 7:  // mirrored at the other diagonal
      return {last_column + last_row, -row, -pixel};
    case 8:  // to be turned anticlockwise by 90 degrees
      return {last_column, row, -pixel};
    default:
      return {0, pixel, row};
  }
}

template <int kChannels>
void copy_tile(std::uint8_t* to, const std::uint8_t* from, std::ptrdiff_t right, int count) {
  for (int x = 0; x < count; ++x) {
    for (int c = 0; c < kChannels; ++c) {
      to[c] = from[c];
    }
    to += kChannels;
    from += right;
  }
}

}  // namespace

Image orient(Image stored, int orientation, const std::shared_ptr<PixelMemory>& memory) {
  if (orientation <= 1 || orientation > 8 || stored.empty()) {
    return stored;
  }
  const bool swapped = orientation >= 5;
  Image shown(swapped ? stored.height() : stored.width(),
              swapped ? stored.width() : stored.height(), stored.format(), memory);
  const Walk walk = walk_of(stored, orientation);
  const int pixel = channels(stored.format());
  // In tiles, so that a walk down the stored columns stays within the cache.
  constexpr int kTile = 32;
  for (int top = 0; top < shown.height(); top += kTile) {
    const int bottom = std::min(top + kTile, shown.height());
    for (int left = 0; left < shown.width(); left += kTile) {
      const int count = std::min(kTile, shown.width() - left);
      for (int y = top; y < bottom; ++y) {
        std::uint8_t* to =
            shown.pixels().data() +
            (static_cast<std::ptrdiff_t>(y) * static_cast<std::ptrdiff_t>(shown.stride())) +
            (static_cast<std::ptrdiff_t>(left) * pixel);
        const std::uint8_t* from =
            stored.pixels().data() + (walk.origin + (left * walk.right) + (y * walk.down));
        if (pixel == 3) {
          copy_tile<3>(to, from, walk.right, count);
        } else {
          copy_tile<1>(to, from, walk.right, count);
        }
      }
    }
  }
  return shown;
}

}  // namespace yolofleet::image
