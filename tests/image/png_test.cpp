#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <random>

#include "image/pictures.hpp"

namespace yolofleet::image {
namespace {

using ::testing::StartsWith;

/// The file with a chunk between the header and what follows it.
File with_chunk(File file, const File& chunk) {
  constexpr std::ptrdiff_t kAfterHeader = 8 + 25;
  file.insert(file.begin() + kAfterHeader, chunk.begin(), chunk.end());
  return file;
}

/// Signature and header only.
File header_of(std::uint32_t width, std::uint32_t height) {
  File file = bytes({0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'});
  File header;
  append_big(header, width, 4);
  append_big(header, height, 4);
  append(header, bytes({8, 2, 0, 0, 0}));
  append(file, png_chunk("IHDR", header));
  return file;
}

TEST(Png, Colour) {
  const auto decoded = Image::decode(png(gradient(31, 17)));
  ASSERT_TRUE(decoded) << decoded.error().message;
  EXPECT_EQ(decoded->format(), PixelFormat::kRgb);
  EXPECT_EQ(difference(*decoded, gradient(31, 17)), 0);
}

TEST(Png, Interlaced) {
  const auto decoded = Image::decode(png(gradient(31, 17), {}, true));
  ASSERT_TRUE(decoded) << decoded.error().message;
  EXPECT_EQ(difference(*decoded, gradient(31, 17)), 0);
}

TEST(Png, GreyOfEachDepthIsStretchedToRgb) {
  // One row of four values each: none, two between, full.
  struct Case {
    int depth;
    std::vector<std::uint8_t> row;
    std::array<std::uint32_t, 4> grey;
  };
  const std::array cases{
      Case{1, {0b01100000}, {0, 255, 255, 0}}, Case{2, {0b00011011}, {0, 85, 170, 255}},
      Case{4, {0x01, 0xEF}, {0, 17, 238, 255}}, Case{8, {0, 1, 200, 255}, {0, 1, 200, 255}},
      Case{16, {0xFF, 0, 0, 1, 0xFF, 0x7F, 0xFF, 0xFF}, {0, 1, 127, 255}}};
  for (const Case& one : cases) {
    for (const bool transparency : {false, true}) {
      PngOptions options;
      options.colour_type = 0;
      options.bit_depth = one.depth;
      options.transparency = transparency;
      const auto decoded = Image::decode(png(4, 1, one.row, options));
      ASSERT_TRUE(decoded) << decoded.error().message;
      for (int x = 0; x < 4; ++x) {
        EXPECT_EQ(pixel(*decoded, x, 0), one.grey[static_cast<std::size_t>(x)] * 0x010101U)
            << one.depth << " bits, pixel " << x;
      }
    }
  }
}

TEST(Png, PaletteOfEachDepth) {
  struct Case {
    int depth;
    std::vector<std::uint8_t> row;
  };
  const std::array cases{Case{1, {0b01000000}}, Case{2, {0b00010000}}, Case{4, {0x01}},
                         Case{8, {0, 1}}};
  for (const Case& one : cases) {
    PngOptions options;
    options.colour_type = 3;
    options.bit_depth = one.depth;
    options.palette = {0x102030, 0xA0B0C0};
    options.transparency = true;  // of the first colour; it is to be dropped
    const auto decoded = Image::decode(png(2, 1, one.row, options));
    ASSERT_TRUE(decoded) << decoded.error().message;
    EXPECT_EQ(pixel(*decoded, 0, 0), 0x102030U) << one.depth;
    EXPECT_EQ(pixel(*decoded, 1, 0), 0xA0B0C0U) << one.depth;
  }
}

TEST(Png, AnIndexOutsideThePaletteIsBlack) {
  PngOptions options;
  options.colour_type = 3;
  options.palette = {0x102030, 0xA0B0C0};
  const auto decoded = Image::decode(png(2, 1, {0, 2}, options));
  ASSERT_TRUE(decoded) << decoded.error().message;
  EXPECT_EQ(pixel(*decoded, 0, 0), 0x102030U);
  EXPECT_EQ(pixel(*decoded, 1, 0), 0x000000U);
}

TEST(Png, AlphaIsDroppedNotBlended) {
  PngOptions options;
  options.colour_type = 6;
  auto decoded = Image::decode(png(2, 1, {10, 20, 30, 0, 40, 50, 60, 128}, options));
  ASSERT_TRUE(decoded) << decoded.error().message;
  EXPECT_EQ(pixel(*decoded, 0, 0), 0x0A141EU);
  EXPECT_EQ(pixel(*decoded, 1, 0), 0x28323CU);
  options.colour_type = 4;
  decoded = Image::decode(png(2, 1, {10, 0, 20, 128}, options));
  ASSERT_TRUE(decoded) << decoded.error().message;
  EXPECT_EQ(pixel(*decoded, 0, 0), 0x0A0A0AU);
  EXPECT_EQ(pixel(*decoded, 1, 0), 0x141414U);
}

TEST(Png, SixteenBitsAreCutToTheUpperEight) {
  PngOptions options;
  options.bit_depth = 16;
  auto decoded = Image::decode(png(1, 1, {0xFF, 0x12, 0x00, 0x34, 0x80, 0x56}, options));
  ASSERT_TRUE(decoded) << decoded.error().message;
  EXPECT_EQ(pixel(*decoded, 0, 0), 0x123456U);
  options.colour_type = 6;
  decoded = Image::decode(png(1, 1, {0xFF, 0x12, 0x00, 0x34, 0x80, 0x56, 0, 0}, options));
  ASSERT_TRUE(decoded) << decoded.error().message;
  EXPECT_EQ(pixel(*decoded, 0, 0), 0x123456U);
}

TEST(Png, TransparencyIsDropped) {
  PngOptions options;
  options.transparency = true;  // of black
  const auto decoded = Image::decode(png(2, 1, {0, 0, 0, 7, 8, 9}, options));
  ASSERT_TRUE(decoded) << decoded.error().message;
  EXPECT_EQ(pixel(*decoded, 0, 0), 0x000000U);
  EXPECT_EQ(pixel(*decoded, 1, 0), 0x070809U);
}

TEST(Png, GammaIsNotApplied) {
  const File file = with_chunk(png(gradient(8, 8)), png_chunk("gAMA", bytes({0, 0, 0x27, 0x10})));
  const auto decoded = Image::decode(file);
  ASSERT_TRUE(decoded) << decoded.error().message;
  EXPECT_EQ(difference(*decoded, gradient(8, 8)), 0);
}

TEST(Png, ExifOrientation) {
  const std::array<std::string, 9> shown{"",     "rgbw", "grwb", "wbgr", "bwrg",
                                         "rbgw", "brwg", "wgbr", "gwrb"};
  for (int orientation = 1; orientation <= 8; ++orientation) {
    for (const bool big_endian : {false, true}) {
      const auto decoded = Image::decode(png(quarters(6, 4), exif_block(orientation, big_endian)));
      ASSERT_TRUE(decoded) << decoded.error().message;
      EXPECT_EQ(quarters_of(*decoded), shown[static_cast<std::size_t>(orientation)]) << orientation;
      EXPECT_EQ(decoded->width(), orientation < 5 ? 6 : 4) << orientation;
    }
  }
}

TEST(Png, ExifBehindThePixelsCountsToo) {
  File file = png(quarters(6, 4));
  const File chunk = png_chunk("eXIf", exif_block(3, true));
  file.insert(file.end() - 12, chunk.begin(), chunk.end());
  const auto decoded = Image::decode(file);
  ASSERT_TRUE(decoded) << decoded.error().message;
  EXPECT_EQ(quarters_of(*decoded), "wbgr");
}

TEST(Png, AWrongExifIsIgnored) {
  File wrong = exif_block(3, true);
  wrong.resize(20);
  const auto decoded = Image::decode(with_chunk(png(quarters(6, 4)), png_chunk("eXIf", wrong)));
  ASSERT_TRUE(decoded) << decoded.error().message;
  EXPECT_EQ(quarters_of(*decoded), "rgbw");
}

TEST(Png, TruncatedIsMalformed) {
  File file = png(gradient(200, 150));
  file.resize(file.size() / 2);
  const Error error = error_of(file);
  EXPECT_EQ(error.code, ErrorCode::kMalformed);
  EXPECT_THAT(error.message, StartsWith("PNG is truncated: "));
}

TEST(Png, AWrongChecksumIsCorrupt) {
  File file = png(gradient(20, 15));
  file[file.size() - 13] ^= std::byte{1};  // the last byte of the last IDAT chunk's checksum
  const Error error = error_of(file);
  EXPECT_EQ(error.code, ErrorCode::kMalformed);
  EXPECT_THAT(error.message, StartsWith("PNG is corrupt: "));
}

TEST(Png, AnEnormousHeaderIsRefused) {
  const Error error = error_of(header_of(2'000'000'000, 2'000'000'000));
  EXPECT_EQ(error.code, ErrorCode::kTooLarge);
  EXPECT_EQ(error.message,
            "PNG of 2000000000 x 2000000000 pixels is too large: at most 178956970 pixels are "
            "decoded");
}

TEST(Png, AHugeChunkBesideThePictureIsIgnored) {
  const File chunk =
      png_chunk("tEXt", bytes("Comment" + std::string(1, '\0') + std::string(17U << 20, 'x')));
  const auto decoded = Image::decode(with_chunk(png(gradient(8, 8)), chunk));
  ASSERT_TRUE(decoded) << decoded.error().message;
  EXPECT_EQ(difference(*decoded, gradient(8, 8)), 0);
}

TEST(Png, MoreChunksThanAnyPictureNeedsAreRefused) {
  const File chunk = png_chunk("tEXt", bytes("Comment" + std::string(1, '\0') + "text"));
  File chunks;
  for (int i = 0; i < 1001; ++i) {
    append(chunks, chunk);
  }
  const Error error = error_of(with_chunk(png(gradient(8, 8)), chunks));
  EXPECT_EQ(error.code, ErrorCode::kTooLarge);
  EXPECT_EQ(
      error.message,
      "PNG holds too much data besides the pixels: at most 1000 chunks of 16777216 bytes each and "
      "33554432 bytes in all are kept");
}

TEST(Png, OneHugeChunkOfPixelsIsRead) {
  // Noise that zlib can't shrink, stored in one piece: larger than what is kept of other chunks.
  std::mt19937 random(7);
  const Image image = picture(2500, 2500, [&](int, int) { return random() & 0xFFFFFFU; });
  const File split = png(image);
  File pixels;
  for (std::size_t at = 8; at + 12 <= split.size();) {
    std::size_t length = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      length = (length << 8) | std::to_integer<std::size_t>(split[at + i]);
    }
    const auto from = split.begin() + static_cast<std::ptrdiff_t>(at);
    if (split[at + 4] == std::byte{'I'} && split[at + 5] == std::byte{'D'}) {
      append(pixels, File(from + 8, from + 8 + static_cast<std::ptrdiff_t>(length)));
    }
    at += length + 12;
  }
  ASSERT_GT(pixels.size(), 16U << 20);
  File file(split.begin(), split.begin() + 8 + 25);
  append(file, png_chunk("IDAT", pixels));
  append(file, png_chunk("IEND", {}));
  const auto decoded = Image::decode(file);
  ASSERT_TRUE(decoded) << decoded.error().message;
  EXPECT_EQ(difference(*decoded, image), 0);
}

TEST(Png, ABrokenChunkBesideThePictureIsIgnored) {
  const File chunk = png_chunk("zTXt", bytes("Comment" + std::string(2, '\0') + "no zlib stream"));
  const auto decoded = Image::decode(with_chunk(png(gradient(8, 8)), chunk));
  ASSERT_TRUE(decoded) << decoded.error().message;
  EXPECT_EQ(difference(*decoded, gradient(8, 8)), 0);
}

}  // namespace
}  // namespace yolofleet::image
