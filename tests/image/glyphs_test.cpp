#include "image/glyphs.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "image/label.hpp"

namespace yolofleet::image {
namespace {

using ::testing::ElementsAre;

TEST(CodePoints, OneForEachOfAllLengths) {
  EXPECT_THAT(code_points("a\xC3\xA4\xE2\x82\xAC\xF0\x9F\x90\x95"),
              ElementsAre(U'a', U'\u00E4', U'\u20AC', U'\U0001F415'));
  EXPECT_TRUE(code_points("").empty());
}

TEST(CodePoints, WrongBytesAreReplacedOneByOne) {
  constexpr char32_t kWrong = U'\uFFFD';
  EXPECT_THAT(code_points("\x80z"), ElementsAre(kWrong, U'z'));
  EXPECT_THAT(code_points("\xC3"), ElementsAre(kWrong));
  EXPECT_THAT(code_points("\xE2\x82z"), ElementsAre(kWrong, kWrong, U'z'));
  EXPECT_THAT(code_points("\xFF\xC0"), ElementsAre(kWrong, kWrong));
}

TEST(Glyphs, EachPrintableOneLiesInItsPlace) {
  for (char32_t code_point = U'!'; code_point <= U'~'; ++code_point) {
    const Glyph glyph = glyph_of(code_point);
    ASSERT_FALSE(glyph.strokes.empty());
    for (const auto& stroke : glyph.strokes) {
      ASSERT_FALSE(stroke.empty());
      for (const Point& point : stroke) {
        EXPECT_GE(point.x, 0) << static_cast<unsigned>(code_point);
        EXPECT_LE(point.x, glyph.width);
        EXPECT_GE(point.y, 0);
        EXPECT_LE(point.y, kDescender);
      }
    }
  }
}

TEST(Glyphs, NoTwoAreAlike) {
  std::vector<std::vector<std::pair<float, float>>> seen;
  for (char32_t code_point = U'!'; code_point <= U'\x7F'; ++code_point) {
    std::vector<std::pair<float, float>> points;
    for (const auto& stroke : glyph_of(code_point).strokes) {
      for (const Point& point : stroke) {
        points.emplace_back(point.x, point.y);
      }
      points.emplace_back(-1.0F, -1.0F);
    }
    EXPECT_EQ(std::count(seen.begin(), seen.end(), points), 0) << static_cast<char>(code_point);
    seen.push_back(points);
  }
}

TEST(Glyphs, WhatIsNotPrintableAsciiIsABox) {
  const Glyph box = glyph_of(U'\uFFFD');
  EXPECT_EQ(box.strokes.size(), 1U);
  EXPECT_EQ(box.strokes[0].size(), 5U);
  for (const char32_t other : {U'\0', U'\n', U'\x7F', U'\u00E4', U'\U0001F415', U'\xFFFFFFFF'}) {
    EXPECT_EQ(glyph_of(other).strokes[0].size(), 5U);
  }
  EXPECT_TRUE(glyph_of(U' ').strokes.empty());
  EXPECT_GT(glyph_of(U' ').width, 0);
}

TEST(Label, GrowsWithThePicture) {
  EXPECT_EQ(cap_height_for(100, 75), 6);
  EXPECT_EQ(cap_height_for(640, 480), 9);
  EXPECT_EQ(cap_height_for(768, 576), 12);
  EXPECT_EQ(cap_height_for(1920, 1080), 27);
  EXPECT_EQ(cap_height_for(8000, 6000), 126);
}

TEST(Label, AReplacementBoxStandsForACodePointNotForAByte) {
  const Label one("\xF0\x9F\x90\x95", "", 12, 1000);
  const Label other("\xC3\xA4", "", 12, 1000);
  EXPECT_EQ(one.width(), other.width());
}

TEST(Label, AnOverlongNameIsCutAndItsEndingKept) {
  const std::string name(1'000'000, 'n');
  const Label label(name, " 87%", 12, 200);
  EXPECT_LE(label.width(), 200);
  EXPECT_GT(label.width(), 180);
  const Label same("nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn", " 87%", 12, 200);
  EXPECT_EQ(same.width(), label.width());
}

TEST(Label, WithoutRoomForItsEndingThereIsNone) {
  EXPECT_EQ(Label("dog", " 87%", 12, 20).width(), 0);
  EXPECT_EQ(Label("dog", " 87%", 12, 0).width(), 0);
}

}  // namespace
}  // namespace yolofleet::image
