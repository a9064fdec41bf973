#include "fleet/test_picture.hpp"

#include <algorithm>
#include <array>
#include <random>

namespace yolofleet::fleet {
namespace {

constexpr int kWidth = 640;
constexpr int kHeight = 480;
constexpr int kShapes = 60;
constexpr int kNoise = 20;
constexpr int kRim = 1000;   // of a disc: the square of the distance from its centre
constexpr int kDark = 1500;  // where the shade would be black

using Colour = std::array<int, 3>;

struct Shape {
  int x, y, half_width, half_height;
  bool disc;
  Colour colour;
};

class Painter {
 public:
  Image paint() {
    for (int y = 0; y < kHeight; ++y) {
      for (int x = 0; x < kWidth; ++x) {
        set(x, y, {x * 255 / kWidth, y * 255 / kHeight, (x + y) * 255 / (kWidth + kHeight)});
      }
    }
    for (int i = 0; i < kShapes; ++i) {
      add({below(kWidth), below(kHeight), 10 + below(110), 10 + below(150), i % 2 == 0,
           Colour{below(256), below(256), below(256)}});
    }
    for (std::uint8_t& value : image_.pixels()) {
      value = clipped(value + below(2 * kNoise + 1) - kNoise);
    }
    return std::move(image_);
  }

 private:
  static std::uint8_t clipped(int value) {
    return static_cast<std::uint8_t>(std::clamp(value, 0, 255));
  }

  /// 0 to `limit` - 1. The standard says what this generator gives, so it is the same everywhere.
  int below(int limit) { return static_cast<int>(random_() % static_cast<unsigned>(limit)); }

  void set(int x, int y, const Colour& colour) {
    auto* const pixel = &image_.pixels()[static_cast<std::size_t>(y * kWidth + x) * 3];
    std::transform(colour.begin(), colour.end(), pixel, clipped);
  }

  void add(const Shape& shape) {
    const auto part = [](int distance, int half) {
      return distance * distance * kRim / (half * half);
    };
    for (int y = std::max(shape.y - shape.half_height, 0);
         y < std::min(shape.y + shape.half_height, kHeight); ++y) {
      for (int x = std::max(shape.x - shape.half_width, 0);
           x < std::min(shape.x + shape.half_width, kWidth); ++x) {
        const int from_centre =
            part(x - shape.x, shape.half_width) + part(y - shape.y, shape.half_height);
        if (shape.disc && from_centre >= kRim) {
          continue;
        }
        Colour colour = shape.colour;
        for (int& value : colour) {
          value = shape.disc ? value * (kDark - from_centre) / kDark : value;
        }
        set(x, y, colour);
      }
    }
  }

  Image image_{kWidth, kHeight};
  std::mt19937 random_{1};
};

}  // namespace

Image test_picture() {
  return Painter{}.paint();
}

}  // namespace yolofleet::fleet
