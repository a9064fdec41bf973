#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "image/pictures.hpp"

namespace yolofleet::image {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(Jpeg, Colour) {
  const Image image = gradient(75, 50);
  for (const bool progressive : {false, true}) {
    for (const bool subsampled : {false, true}) {
      JpegOptions options;
      options.progressive = progressive;
      options.subsampled = subsampled;
      const auto decoded = Image::decode(jpeg(image, options));
      ASSERT_TRUE(decoded) << decoded.error().message;
      EXPECT_EQ(decoded->format(), PixelFormat::kRgb);
      EXPECT_LE(difference(*decoded, image), 12) << progressive << subsampled;
    }
  }
}

TEST(Jpeg, GreyBecomesRgb) {
  JpegOptions options;
  options.components = 1;
  const Image image = gradient(40, 30);
  const auto decoded = Image::decode(jpeg(image, options));  // of its red
  ASSERT_TRUE(decoded) << decoded.error().message;
  EXPECT_LE(
      difference(
          *decoded,
          picture(40, 30, [&](int x, int y) { return (pixel(image, x, y) >> 16) * 0x010101U; })),
      3);
}

TEST(Jpeg, RestartMarkers) {
  JpegOptions options;
  options.restart_interval = 2;
  const auto decoded = Image::decode(jpeg(gradient(64, 64), options));
  ASSERT_TRUE(decoded) << decoded.error().message;
  EXPECT_LE(difference(*decoded, gradient(64, 64)), 12);
}

TEST(Jpeg, CmykWithAdobesMarkerIsLight) {
  for (const bool ycck : {false, true}) {
    JpegOptions options;
    options.components = 4;
    options.ycck = ycck;
    const auto full = Image::decode(jpeg(gradient(64, 64), options, 255));
    ASSERT_TRUE(full) << full.error().message;
    EXPECT_LE(difference(*full, gradient(64, 64)), 20) << ycck;
    const auto half = Image::decode(jpeg(quarters(32, 32), options, 128));
    ASSERT_TRUE(half) << half.error().message;
    EXPECT_NEAR(static_cast<double>(pixel(*half, 4, 4) >> 16), 128.0, 6.0) << ycck;
  }
}

TEST(Jpeg, CmykWithoutAdobesMarkerIsInk) {
  JpegOptions options;
  options.components = 4;
  options.adobe = false;
  const auto none = Image::decode(jpeg(quarters(32, 32), options, 0));
  ASSERT_TRUE(none) << none.error().message;
  EXPECT_EQ(pixel(*none, 28, 28), 0x000000U);               // all ink
  EXPECT_NEAR(pixel(*none, 4, 4) & 0xFFFF, 0xFFFF, 0x808);  // cyan ink
  const auto all = Image::decode(jpeg(quarters(32, 32), options, 255));
  ASSERT_TRUE(all) << all.error().message;
  EXPECT_EQ(pixel(*all, 4, 4), 0x000000U);
}

TEST(Jpeg, ExifOrientation) {
  const std::array<std::string, 9> shown{"",     "rgbw", "grwb", "wbgr", "bwrg",
                                         "rbgw", "brwg", "wgbr", "gwrb"};
  for (int orientation = 1; orientation <= 8; ++orientation) {
    for (const bool big_endian : {false, true}) {
      JpegOptions options;
      options.app1 = {exif_segment(orientation, big_endian)};
      const auto decoded = Image::decode(jpeg(quarters(48, 32), options));
      ASSERT_TRUE(decoded) << decoded.error().message;
      EXPECT_EQ(quarters_of(*decoded), shown[static_cast<std::size_t>(orientation)]) << orientation;
      EXPECT_EQ(decoded->width(), orientation < 5 ? 48 : 32) << orientation;
      EXPECT_EQ(decoded->height(), orientation < 5 ? 32 : 48) << orientation;
    }
  }
}

TEST(Jpeg, TheFirstExifCountsAndOtherApp1SegmentsDoNot) {
  JpegOptions options;
  options.app1 = {bytes("http://ns.adobe.com/xap/1.0/ ..."),
                  {},
                  bytes("E"),
                  exif_segment(6, true),
                  exif_segment(3, true)};
  const auto decoded = Image::decode(jpeg(quarters(48, 32), options));
  ASSERT_TRUE(decoded) << decoded.error().message;
  EXPECT_EQ(quarters_of(*decoded), "brwg");
}

TEST(Jpeg, AWrongExifIsIgnored) {
  JpegOptions options;
  File segment = exif_segment(6, false);
  segment.resize(20);
  options.app1 = {segment};
  const auto decoded = Image::decode(jpeg(quarters(48, 32), options));
  ASSERT_TRUE(decoded) << decoded.error().message;
  EXPECT_EQ(quarters_of(*decoded), "rgbw");
}

TEST(Jpeg, TruncatedIsMalformed) {
  for (const bool progressive : {false, true}) {
    JpegOptions options;
    options.progressive = progressive;
    File file = jpeg(gradient(200, 150), options);
    file.resize(file.size() * 3 / 4);
    const Error error = error_of(file);
    EXPECT_EQ(error.code, ErrorCode::kMalformed);
    EXPECT_THAT(error.message, StartsWith("JPEG is truncated: "));
  }
}

TEST(Jpeg, WithoutItsEndMarkerASingleScanIsWhole) {
  File file = jpeg(gradient(64, 48));
  const auto whole = Image::decode(file);
  file.resize(file.size() - 2);
  const auto cut = Image::decode(file);
  ASSERT_TRUE(whole && cut) << cut.error().message;
  EXPECT_EQ(difference(*cut, *whole), 0);
}

TEST(Jpeg, AScanOverwrittenIsCorrupt) {
  File file = jpeg(gradient(200, 150));
  for (std::size_t i = file.size() / 2; i < file.size() - 20; ++i) {
    file[i] = std::byte{0xAA};
  }
  const Error error = error_of(file);
  EXPECT_EQ(error.code, ErrorCode::kMalformed);
  EXPECT_THAT(error.message, StartsWith("JPEG is "));
}

TEST(Jpeg, TooManyPixelsAreRefusedWithTheNumbers) {
  const Error error = error_of(jpeg(gradient(40, 30)), {1199});
  EXPECT_EQ(error.code, ErrorCode::kTooLarge);
  EXPECT_EQ(error.message, "JPEG of 40 x 30 pixels is too large: at most 1199 pixels are decoded");
  EXPECT_TRUE(Image::decode(jpeg(gradient(40, 30)), {1200}));
}

/// The file with other sizes in its frame header.
File with_size(File file, int width, int height) {
  for (std::size_t i = 0; i + 9 < file.size(); ++i) {
    if (file[i] == std::byte{0xFF} && file[i + 1] == std::byte{0xC0}) {
      const File size = bytes({height >> 8, height & 0xFF, width >> 8, width & 0xFF});
      std::copy(size.begin(), size.end(), file.begin() + static_cast<std::ptrdiff_t>(i) + 5);
      break;
    }
  }
  return file;
}

TEST(Jpeg, AnEnormousHeaderIsRefused) {
  const Error error = error_of(with_size(jpeg(gradient(16, 16)), 65500, 65500));
  EXPECT_EQ(error.code, ErrorCode::kTooLarge);
  EXPECT_THAT(error.message, HasSubstr("65500 x 65500"));
}

TEST(Jpeg, NoSizeIsMalformed) {
  const Error error = error_of(with_size(jpeg(gradient(16, 16)), 0, 16));
  EXPECT_EQ(error.code, ErrorCode::kMalformed);
  EXPECT_THAT(error.message, HasSubstr("Empty JPEG image"));
}

TEST(Jpeg, MoreScansThanAnyEncoderWritesAreRefused) {
  JpegOptions options;
  options.many_scans = true;
  const Error error = error_of(jpeg(gradient(64, 64), options));
  EXPECT_EQ(error.code, ErrorCode::kUnsupported);
  EXPECT_EQ(error.message, "JPEG of a kind that can't be read: more than 100 scans");
}

TEST(Jpeg, TwelveBitsAndLosslessAreNotSupported) {
  for (const bool precision : {true, false}) {
    File file = jpeg(gradient(16, 16));
    for (std::size_t i = 0; i + 4 < file.size(); ++i) {
      if (file[i] == std::byte{0xFF} && file[i + 1] == std::byte{0xC0}) {
        file[precision ? i + 4 : i + 1] = std::byte(precision ? 12 : 0xC3);
        break;
      }
    }
    const Error error = error_of(file);
    EXPECT_EQ(error.code, ErrorCode::kUnsupported) << error.message;
    EXPECT_THAT(error.message, StartsWith("JPEG of a kind that can't be read: Unsupported JPEG "));
  }
}

TEST(Jpeg, BytesBehindTheEndAreIgnored) {
  File file = jpeg(gradient(64, 48));
  append(file, bytes("a thumbnail, or a video"));
  EXPECT_TRUE(Image::decode(file));
}

TEST(Jpeg, BytesBeforeTheEndMarkerOfAProgressiveOneAreIgnored) {
  JpegOptions options;
  options.progressive = true;
  File file = jpeg(gradient(64, 48), options);
  const File padding = bytes({0, 0, 0});
  file.insert(file.end() - 2, padding.begin(), padding.end());
  const auto decoded = Image::decode(file);
  ASSERT_TRUE(decoded) << decoded.error().message;
  EXPECT_LE(difference(*decoded, gradient(64, 48)), 12);
}

}  // namespace
}  // namespace yolofleet::image
