#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "image/pictures.hpp"

namespace yolofleet::image {
namespace {

TEST(Webp, Lossless) {
  const auto decoded = Image::decode(webp(gradient(31, 17), true));
  ASSERT_TRUE(decoded) << decoded.error().message;
  EXPECT_EQ(decoded->format(), PixelFormat::kRgb);
  EXPECT_EQ(difference(*decoded, gradient(31, 17)), 0);
}

TEST(Webp, Lossy) {
  const auto decoded = Image::decode(webp(gradient(64, 48), false));
  ASSERT_TRUE(decoded) << decoded.error().message;
  EXPECT_LE(difference(*decoded, gradient(64, 48)), 20);
}

TEST(Webp, ExifOrientation) {
  const std::array<std::string, 9> shown{"",     "rgbw", "grwb", "wbgr", "bwrg",
                                         "rbgw", "brwg", "wgbr", "gwrb"};
  for (int orientation = 1; orientation <= 8; ++orientation) {
    for (const bool lossless : {false, true}) {
      const auto decoded =
          Image::decode(webp(quarters(48, 32), lossless, exif_block(orientation, lossless)));
      ASSERT_TRUE(decoded) << decoded.error().message;
      EXPECT_EQ(quarters_of(*decoded), shown[static_cast<std::size_t>(orientation)]) << orientation;
      EXPECT_EQ(decoded->width(), orientation < 5 ? 48 : 32) << orientation;
    }
  }
}

TEST(Webp, AWrongExifIsIgnored) {
  const auto decoded = Image::decode(webp(quarters(48, 32), true, bytes("no exif")));
  ASSERT_TRUE(decoded) << decoded.error().message;
  EXPECT_EQ(quarters_of(*decoded), "rgbw");
}

TEST(Webp, AnAnimationIsRefused) {
  const Error error = error_of(animated_webp(quarters(48, 32)));
  EXPECT_EQ(error.code, ErrorCode::kUnsupported);
  EXPECT_EQ(error.message, "WebP is animated; only still ones can be read");
}

TEST(Webp, TruncatedIsMalformed) {
  for (const bool lossless : {false, true}) {
    File file = webp(gradient(200, 150), lossless);
    file.resize(file.size() / 2);
    const Error error = error_of(file);
    EXPECT_EQ(error.code, ErrorCode::kMalformed);
    EXPECT_EQ(error.message, "WebP is truncated");
  }
}

TEST(Webp, CorruptIsMalformed) {
  File file = webp(gradient(64, 48), false);
  file[12] = std::byte{'X'};  // of "VP8 "
  const Error error = error_of(file);
  EXPECT_EQ(error.code, ErrorCode::kMalformed);
  EXPECT_EQ(error.message, "WebP is corrupt");
}

TEST(Webp, TooManyPixelsAreRefusedWithTheNumbers) {
  const Error error = error_of(webp(gradient(40, 30), true), {1199});
  EXPECT_EQ(error.code, ErrorCode::kTooLarge);
  EXPECT_EQ(error.message, "WebP of 40 x 30 pixels is too large: at most 1199 pixels are decoded");
  EXPECT_TRUE(Image::decode(webp(gradient(40, 30), true), {1200}));
}

}  // namespace
}  // namespace yolofleet::image
