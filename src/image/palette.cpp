#include "image/palette.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace yolofleet::image {
namespace {

/// Saturation and value. Classes whose hues lie close together differ in these.
struct Tone {
  double saturation;
  double value;
};
constexpr std::array<Tone, 4> kTones{{{0.79, 1.00}, {0.95, 0.66}, {0.51, 1.00}, {0.85, 0.91}}};

/// One channel of a hue (0 to 1): HSV, `offset` being 5, 3 and 1 for red, green and blue.
std::uint8_t channel(double hue, const Tone& tone, double offset) {
  const double k = std::fmod(offset + (hue * 6), 6.0);
  const double dip = std::clamp(std::min(k, 4 - k), 0.0, 1.0);
  return static_cast<std::uint8_t>(std::lround(255 * tone.value * (1 - (tone.saturation * dip))));
}

}  // namespace

Colour class_colour(int class_id) {
  // Steps of the golden ratio spread the hues evenly however many classes there are. With whole
  // numbers (the ratio times 2^32), every machine gets the same hues.
  constexpr std::uint32_t kGoldenRatio = 2654435769U;
  const auto number = static_cast<std::uint32_t>(class_id);
  const double hue =
      static_cast<double>(static_cast<std::uint32_t>(number * kGoldenRatio)) / 4294967296.0;
  const Tone& tone = kTones[number % kTones.size()];
  return {channel(hue, tone, 5), channel(hue, tone, 3), channel(hue, tone, 1)};
}

Colour text_colour(const Colour& background) {
  constexpr int kBright = 125;
  return luma(background) > kBright ? Colour{0, 0, 0} : Colour{255, 255, 255};
}

}  // namespace yolofleet::image
