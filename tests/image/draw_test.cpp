#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "image/label.hpp"
#include "image/palette.hpp"
#include "image/pictures.hpp"

namespace yolofleet::image {
namespace {

constexpr float kInfinite = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr std::uint32_t kGround = 0x707070;

Image plain(int width, int height) {
  return picture(width, height, [](int, int) { return kGround; });
}

std::uint32_t rgb_of(const Colour& colour) {
  return static_cast<std::uint32_t>((colour[0] << 16) | (colour[1] << 8) | colour[2]);
}

/// The smallest rectangle that holds every changed pixel; no width when there is none.
Rect changed(const Image& image) {
  Rect rect{image.width(), image.height(), 0, 0};
  for (int y = 0; y < image.height(); ++y) {
    for (int x = 0; x < image.width(); ++x) {
      if (pixel(image, x, y) != kGround) {
        rect = {std::min(rect.left, x), std::min(rect.top, y), std::max(rect.right, x + 1),
                std::max(rect.bottom, y + 1)};
      }
    }
  }
  return rect;
}

int count(const Image& image, std::uint32_t rgb) {
  int found = 0;
  for (int y = 0; y < image.height(); ++y) {
    for (int x = 0; x < image.width(); ++x) {
      found += pixel(image, x, y) == rgb ? 1 : 0;
    }
  }
  return found;
}

Detection detection(const Box& box, int class_id = 2, float confidence = 0.87F) {
  return {box, class_id, confidence};
}

const std::vector<std::string> kNames{"person", "bicycle", "dog"};

TEST(Draw, ABoxAndItsLabelAndNothingElse) {
  Image image = plain(640, 480);
  draw_detections(image, std::array{detection({100, 200, 300, 150})}, kNames);
  const std::uint32_t colour = rgb_of(class_colour(2));
  for (const int y : {200, 349}) {
    EXPECT_EQ(pixel(image, 250, y), colour);
  }
  for (const int x : {100, 399}) {
    EXPECT_EQ(pixel(image, x, 275), colour);
  }
  EXPECT_EQ(pixel(image, 250, 275), kGround);
  EXPECT_EQ(pixel(image, 250, 205), kGround);
  const int label = Label("dog", " 87%", cap_height_for(640, 480), 640).height();
  const Rect rect = changed(image);
  EXPECT_EQ(rect.left, 99);
  EXPECT_EQ(rect.right, 401);
  EXPECT_EQ(rect.bottom, 351);
  EXPECT_EQ(rect.top, 199 - label);
}

TEST(Draw, TheLabelIsTextOnTheClassColour) {
  Image image = plain(640, 480);
  draw_detections(image, std::array{detection({100, 200, 300, 150})}, kNames);
  const Label label("dog", " 87%", cap_height_for(640, 480), 640);
  int ground = 0;
  int ink = 0;
  for (int y = 199 - label.height(); y < 199; ++y) {
    for (int x = 99; x < 99 + label.width(); ++x) {
      ground += pixel(image, x, y) == rgb_of(class_colour(2)) ? 1 : 0;
      ink += pixel(image, x, y) < 0x404040 ? 1 : 0;  // black, as this colour is bright
    }
  }
  const int area = label.width() * label.height();
  EXPECT_GT(ground, area / 2);
  EXPECT_GT(ink, area / 30);
}

TEST(Draw, NamesNumbersAndPercentsDiffer) {
  const auto drawn = [](const Detection& one, std::span<const std::string> names) {
    Image image = plain(640, 480);
    draw_detections(image, std::array{one}, names);
    return changed(image).top < 199 ? image : Image();
  };
  const Box box{100, 200, 300, 150};
  const Image named = drawn(detection(box), kNames);
  const Image numbered = drawn(detection(box), {});
  const Image other = drawn(detection(box, 2, 0.86F), kNames);
  EXPECT_GT(difference(named, numbered), 0);
  EXPECT_GT(difference(named, other), 0);
  EXPECT_EQ(difference(named, drawn(detection(box, 2, 0.8701F), kNames)), 0);
  // Out of range: clamped; not a number: left out; a negative class: its number.
  EXPECT_EQ(
      difference(drawn(detection(box, 2, 7.0F), kNames), drawn(detection(box, 2, 1.0F), kNames)),
      0);
  EXPECT_GT(difference(drawn(detection(box, 2, kNan), kNames), named), 0);
  EXPECT_FALSE(drawn(detection(box, -7), kNames).empty());
}

TEST(Draw, AClassHasTheSameColourInEveryPicture) {
  for (const int class_id : {0, 1, 79, 5000}) {
    Image small = plain(200, 150);
    Image large = plain(900, 700);
    draw_detections(small, std::array{detection({50, 60, 90, 60}, class_id)}, {});
    draw_detections(large, std::array{detection({300, 260, 200, 200}, class_id)}, {});
    EXPECT_EQ(pixel(small, 50, 90), rgb_of(class_colour(class_id)));
    EXPECT_EQ(pixel(large, 300, 400), rgb_of(class_colour(class_id)));
  }
}

TEST(Draw, TheLineGrowsWithThePicture) {
  const auto line = [](int width, int height) {
    Image image = plain(width, height);
    const auto w = static_cast<float>(width);
    const auto h = static_cast<float>(height);
    draw_detections(image, std::array{detection({w / 4, h / 4, w / 2, h / 2})}, {});
    int thick = 0;
    for (int x = 0; x < width / 2; ++x) {
      thick += pixel(image, x, height / 2) != kGround ? 1 : 0;
    }
    return thick;
  };
  EXPECT_EQ(line(100, 100), 1);
  EXPECT_EQ(line(640, 480), 2);
  EXPECT_EQ(line(1920, 1080), 6);
}

TEST(Draw, ABoxThatReachesOverTheEdgesIsFramedAtThem) {
  Image image = plain(640, 480);
  draw_detections(image, std::array{detection({-100, -100, 2000, 2000})}, kNames);
  const std::uint32_t colour = rgb_of(class_colour(2));
  EXPECT_EQ(pixel(image, 0, 240), colour);
  EXPECT_EQ(pixel(image, 639, 240), colour);
  EXPECT_EQ(pixel(image, 320, 479), colour);
  EXPECT_EQ(pixel(image, 320, 0), colour);
  EXPECT_EQ(pixel(image, 320, 240), kGround);
}

TEST(Draw, TheLabelStaysInsideThePicture) {
  const Label label("dog", " 87%", cap_height_for(640, 480), 640);
  for (const Box& box : {Box{0, 0, 60, 60}, Box{620, 0, 40, 60}, Box{620, 470, 30, 30},
                         Box{-30, 460, 40, 30}, Box{0, -10, 640, 12}, Box{300, 1, 2, 478}}) {
    Image image = plain(640, 480);
    draw_detections(image, std::array{detection(box)}, kNames);
    // All of it: a good part of the label's area has the class's colour.
    EXPECT_GT(count(image, rgb_of(class_colour(2))), label.width() * label.height() / 2)
        << box.x << ", " << box.y;
  }
}

TEST(Draw, LabelsKeepClearOfEachOther) {
  Image image = plain(640, 480);
  const Box box{200, 200, 200, 150};
  draw_detections(image, std::array{detection(box, 0, 0.5F), detection(box, 1, 0.9F)}, {});
  const Label label("0", " 50%", cap_height_for(640, 480), 640);
  const int half = label.width() * label.height() / 2;
  EXPECT_GT(count(image, rgb_of(class_colour(0))), half);
  EXPECT_GT(count(image, rgb_of(class_colour(1))), half);
}

TEST(Draw, WhatCannotBeDrawnIsLeftOut) {
  const std::array boxes{Box{kNan, 10, 10, 10},
                         Box{10, kNan, 10, 10},
                         Box{10, 10, kNan, 10},
                         Box{10, 10, 10, kNan},
                         Box{-kInfinite, 10, kInfinite, 10},
                         Box{10, 10, -5, 10},
                         Box{10, 10, 10, -kInfinite},
                         Box{1e30F, 10, 10, 10},
                         Box{-1e30F, 10, 10, 10},
                         Box{10, -50, 10, 20},
                         Box{kInfinite, kInfinite, 1, 1}};
  for (const Box& box : boxes) {
    Image image = plain(100, 80);
    draw_detections(image, std::array{detection(box)}, kNames);
    EXPECT_LE(changed(image).width(), 0) << box.x << ", " << box.y;
  }
}

TEST(Draw, HugeBoxesAreFramedAtTheEdges) {
  const float most = std::numeric_limits<float>::max();
  for (const Box& box : {Box{-most, -most, most, kInfinite}, Box{-1e30F, -1e30F, 2e30F, 2e30F},
                         Box{0, 0, kInfinite, kInfinite}}) {
    Image image = plain(100, 80);
    draw_detections(image, std::array{detection(box)}, kNames);
    EXPECT_EQ(pixel(image, 0, 79), rgb_of(class_colour(2))) << box.width;
  }
}

TEST(Draw, ABoxWithoutASizeIsADot) {
  Image image = plain(640, 480);
  draw_detections(image, std::array{detection({300, 200, 0, 0}, 1)}, {});
  EXPECT_EQ(pixel(image, 300, 200), rgb_of(class_colour(1)));
}

TEST(Draw, TinyPicturesAndNone) {
  Image none;
  draw_detections(none, std::array{detection({0, 0, 5, 5})}, kNames);
  EXPECT_TRUE(none.empty());
  for (const int size : {1, 2, 5, 11, 25}) {
    Image image = plain(size, size);
    draw_detections(image, std::array{detection({0, 0, 50, 50})}, kNames);
    EXPECT_EQ(pixel(image, 0, 0), rgb_of(class_colour(2))) << size;
  }
}

TEST(Draw, ALongNameIsCutToThePicture) {
  Image image = plain(100, 80);
  const std::vector<std::string> names{std::string(5000, 'm')};
  draw_detections(image, std::array{detection({30, 40, 30, 30}, 0)}, names);
  const Rect rect = changed(image);
  EXPECT_GE(rect.left, 0);
  EXPECT_GT(rect.width(), 80);
}

TEST(Draw, OtherPixelFormatsGetTheirOwnOrder) {
  const Colour colour = class_colour(1);
  Image bgr(100, 80, PixelFormat::kBgr);
  draw_detections(bgr, std::array{detection({10, 30, 50, 40}, 1)}, kNames);
  const std::uint8_t* at = bgr.pixels().data() + (50 * bgr.stride()) + (10 * 3);
  EXPECT_EQ((Colour{at[2], at[1], at[0]}), colour);
  Image grey(100, 80, PixelFormat::kGrey);
  draw_detections(grey, std::array{detection({10, 30, 50, 40}, 1)}, kNames);
  EXPECT_EQ(grey.pixels()[(50 * grey.stride()) + 10], luma(colour));
}

TEST(Draw, ThousandsAreDrawn) {
  Image image = plain(640, 480);
  std::vector<Detection> detections;
  for (int i = 0; i < 3000; ++i) {
    detections.push_back(
        detection({static_cast<float>(i % 600), static_cast<float>(i % 450), 30, 20}, i % 80,
                  static_cast<float>(i) / 3000));
  }
  draw_detections(image, detections, kNames);
  EXPECT_GT(changed(image).width(), 600);
}

}  // namespace
}  // namespace yolofleet::image
