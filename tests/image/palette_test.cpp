#include "image/palette.hpp"

#include <gtest/gtest.h>

#include <array>
#include <climits>
#include <cmath>

namespace yolofleet::image {
namespace {

std::array<double, 3> lab(const Colour& colour) {
  std::array<double, 3> linear{};
  for (std::size_t c = 0; c < 3; ++c) {
    const double value = colour[c] / 255.0;
    linear[c] = value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
  }
  const auto f = [](double t) { return t > 0.008856 ? std::cbrt(t) : (7.787 * t) + (16.0 / 116); };
  const double x = f(((0.4124 * linear[0]) + (0.3576 * linear[1]) + (0.1805 * linear[2])) / 0.9505);
  const double y = f((0.2126 * linear[0]) + (0.7152 * linear[1]) + (0.0722 * linear[2]));
  const double z = f(((0.0193 * linear[0]) + (0.1192 * linear[1]) + (0.9505 * linear[2])) / 1.089);
  return {(116 * y) - 16, 500 * (x - y), 200 * (y - z)};
}

/// The difference as CIE 1976 defines it; from about 2.3 the eye sees one.
double distance(const Colour& a, const Colour& b) {
  const auto p = lab(a);
  const auto q = lab(b);
  return std::hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]);
}

TEST(Palette, EightyClassesAreTellable) {
  for (int a = 0; a < 80; ++a) {
    for (int b = a + 1; b < 80; ++b) {
      EXPECT_GT(distance(class_colour(a), class_colour(b)), 5.0) << a << " and " << b;
    }
  }
}

TEST(Palette, NeighboursAndTheFirstTwelveAreFarApart) {
  for (int a = 0; a < 80; ++a) {
    EXPECT_GT(distance(class_colour(a), class_colour(a + 1)), 50.0) << a;
  }
  for (int a = 0; a < 12; ++a) {
    for (int b = a + 1; b < 12; ++b) {
      EXPECT_GT(distance(class_colour(a), class_colour(b)), 15.0) << a << " and " << b;
    }
  }
}

TEST(Palette, TheColoursNeverChange) {
  EXPECT_EQ(class_colour(0), (Colour{255, 54, 54}));
  EXPECT_EQ(class_colour(0), class_colour(0));
}

TEST(Palette, AnyNumberHasAColour) {
  EXPECT_NE(class_colour(INT_MAX), class_colour(INT_MIN));
  EXPECT_NE(class_colour(-1), class_colour(1));
}

TEST(Palette, TheTextStandsOutFromEachClass) {
  for (int a = 0; a < 200; ++a) {
    const Colour background = class_colour(a);
    EXPECT_GT(std::abs(luma(background) - luma(text_colour(background))), 90) << a;
  }
  EXPECT_EQ(text_colour({255, 255, 0}), (Colour{0, 0, 0}));
  EXPECT_EQ(text_colour({0, 0, 160}), (Colour{255, 255, 255}));
}

}  // namespace
}  // namespace yolofleet::image
