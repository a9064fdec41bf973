#include "image/orient.hpp"

#include <gtest/gtest.h>

#include <array>

#include "image/pictures.hpp"

namespace yolofleet::image {
namespace {

/// A picture of two rows and three columns, as rows of letters.
Image letters() {
  return picture(3, 2,
                 [](int x, int y) { return static_cast<std::uint32_t>("abcdef"[(y * 3) + x]); });
}

std::string rows_of(const Image& image) {
  std::string rows;
  for (int y = 0; y < image.height(); ++y) {
    for (int x = 0; x < image.width(); ++x) {
      rows += static_cast<char>(pixel(image, x, y));
    }
    rows += y + 1 < image.height() ? "/" : "";
  }
  return rows;
}

TEST(Orient, EachOfTheEight) {
  const std::array<std::string, 9> shown{"abc/def",  "abc/def",  "cba/fed",  "fed/cba", "def/abc",
                                         "ad/be/cf", "da/eb/fc", "fc/eb/da", "cf/be/ad"};
  for (int orientation = 0; orientation <= 8; ++orientation) {
    EXPECT_EQ(rows_of(orient(letters(), orientation)), shown[static_cast<std::size_t>(orientation)])
        << orientation;
  }
}

TEST(Orient, ATurnAndItsOppositeGiveThePictureBack) {
  const Image image = gradient(101, 67);  // not a multiple of the tiles that are copied
  EXPECT_EQ(difference(orient(orient(image, 6), 8), image), 0);
  for (const int self : {2, 3, 4, 5, 7}) {
    EXPECT_EQ(difference(orient(orient(image, self), self), image), 0) << self;
  }
}

TEST(Orient, GreyToo) {
  Image grey(2, 1, PixelFormat::kGrey);
  grey.pixels()[0] = 1;
  grey.pixels()[1] = 2;
  const Image turned = orient(grey, 8);
  EXPECT_EQ(turned.width(), 1);
  EXPECT_EQ(turned.height(), 2);
  EXPECT_EQ(turned.format(), PixelFormat::kGrey);
  EXPECT_EQ(turned.pixels()[0], 2);
  EXPECT_EQ(turned.pixels()[1], 1);
}

}  // namespace
}  // namespace yolofleet::image
