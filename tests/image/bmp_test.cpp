#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdio>

#include "image/pictures.hpp"

namespace yolofleet::image {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

struct Bmp {
  int width = 2;
  int height = 2;
  int bits = 24;
  int compression = 0;
  int header = 40;
  std::vector<std::uint32_t> masks;    ///< behind the 40 bytes of the header
  std::vector<std::uint32_t> palette;  ///< 0xRRGGBB
  int colours = 0;                     ///< as the header says
  File pixels;                         ///< rows with their padding, as stored
  int gap = 0;                         ///< bytes between the headers and the pixels
};

File file_of(const Bmp& bmp) {
  File info;
  append_little(info, static_cast<std::uint32_t>(bmp.header), 4);
  append_little(info, static_cast<std::uint32_t>(bmp.width), 4);
  append_little(info, static_cast<std::uint32_t>(bmp.height), 4);
  append_little(info, 1, 2);
  append_little(info, static_cast<std::uint32_t>(bmp.bits), 2);
  append_little(info, static_cast<std::uint32_t>(bmp.compression), 4);
  append_little(info, 0, 4);
  append_little(info, 0, 4);
  append_little(info, 0, 4);
  append_little(info, static_cast<std::uint32_t>(bmp.colours), 4);
  append_little(info, 0, 4);
  for (const std::uint32_t mask : bmp.masks) {
    append_little(info, mask, 4);
  }
  info.resize(std::max(info.size(), static_cast<std::size_t>(bmp.header)));
  for (const std::uint32_t colour : bmp.palette) {
    append_little(info, colour, 4);
  }
  info.resize(info.size() + static_cast<std::size_t>(bmp.gap));
  File file = bytes("BM");
  append_little(file, static_cast<std::uint32_t>(14 + info.size() + bmp.pixels.size()), 4);
  append_little(file, 0, 4);
  append_little(file, static_cast<std::uint32_t>(14 + info.size()), 4);
  append(file, info);
  append(file, bmp.pixels);
  return file;
}

/// The pixels of a picture as "112233 445566 / ...", or the error.
std::string decoded(const Bmp& bmp) {
  const auto image = Image::decode(file_of(bmp));
  if (!image) {
    return image.error().message;
  }
  std::string rows;
  for (int y = 0; y < image->height(); ++y) {
    for (int x = 0; x < image->width(); ++x) {
      std::array<char, 8> text{};
      std::snprintf(text.data(), text.size(), "%06X", pixel(*image, x, y));
      rows += (x > 0 ? " " : y > 0 ? " / " : "") + std::string(text.data());
    }
  }
  return rows;
}

Bmp true_colour() {
  Bmp bmp;
  bmp.pixels = bytes({1, 2, 3, 4, 5, 6, 0, 0, 7, 8, 9, 10, 11, 12, 0, 0});
  return bmp;
}

Bmp indexed() {
  Bmp bmp;
  bmp.bits = 8;
  bmp.palette = {0x102030, 0x405060};
  bmp.colours = 2;
  bmp.pixels = bytes({0, 1, 0, 0, 1, 1, 0, 0});
  return bmp;
}

TEST(Bmp, TwentyFourBitsBottomUp) {
  EXPECT_EQ(decoded(true_colour()), "090807 0C0B0A / 030201 060504");
}

TEST(Bmp, TopDown) {
  Bmp bmp = true_colour();
  bmp.height = -2;
  EXPECT_EQ(decoded(bmp), "030201 060504 / 090807 0C0B0A");
}

TEST(Bmp, HeadersOfAllVersions) {
  for (const int header : {40, 52, 56, 108, 124}) {
    Bmp bmp = true_colour();
    bmp.header = header;
    bmp.gap = 3;
    EXPECT_EQ(decoded(bmp), "090807 0C0B0A / 030201 060504") << header;
  }
}

TEST(Bmp, ThirtyTwoBitsWithoutMasks) {
  Bmp bmp;
  bmp.bits = 32;
  bmp.height = 1;
  bmp.pixels = bytes({1, 2, 3, 0, 4, 5, 6, 255});
  EXPECT_EQ(decoded(bmp), "030201 060504");
}

TEST(Bmp, SixteenBitsWithoutMasksAreFiveEach) {
  Bmp bmp;
  bmp.bits = 16;
  bmp.height = 1;
  append_little(bmp.pixels, 31U << 10, 2);
  append_little(bmp.pixels, (16U << 5) | 1U, 2);
  EXPECT_EQ(decoded(bmp), "FF0000 008408");
}

TEST(Bmp, Masks) {
  Bmp bmp;
  bmp.bits = 16;
  bmp.height = 1;
  bmp.compression = 3;
  bmp.masks = {0xF800, 0x07E0, 0x001F};
  append_little(bmp.pixels, 0xF81F, 2);
  append_little(bmp.pixels, 0x07E0, 2);
  EXPECT_EQ(decoded(bmp), "FF00FF 00FF00");

  bmp.bits = 32;
  bmp.header = 124;
  bmp.masks = {0x3FF00000, 0x000FFC00, 0x000003FF};  // ten bits each
  bmp.pixels.clear();
  append_little(bmp.pixels, (0x3FFU << 20) | (0x200U << 10) | 0x004U, 4);
  append_little(bmp.pixels, 0x001U, 4);
  EXPECT_EQ(decoded(bmp), "FF8001 000000");

  bmp.compression = 6;
  bmp.header = 56;
  bmp.masks = {0xFF, 0xFF00, 0, 0xFF000000};  // no blue at all, and an alpha that is dropped
  bmp.pixels.clear();
  append_little(bmp.pixels, 0x80332211, 4);
  append_little(bmp.pixels, 0x00FFFFFF, 4);
  EXPECT_EQ(decoded(bmp), "112200 FFFF00");
}

TEST(Bmp, AMaskOfAllBitsIsReduced) {
  Bmp bmp;
  bmp.width = 1;
  bmp.height = 1;
  bmp.bits = 32;
  bmp.compression = 3;
  bmp.masks = {0xFFFFFFFF, 0x80000000, 1};
  append_little(bmp.pixels, 0x80FFFFFF, 4);
  EXPECT_EQ(decoded(bmp), "80FFFF");
}

TEST(Bmp, AMaskWithGapsIsCorrupt) {
  Bmp bmp;
  bmp.bits = 32;
  bmp.height = 1;
  bmp.compression = 3;
  bmp.masks = {0xFF0000, 0xF0F0, 0xFF};
  bmp.pixels = bytes({1, 2, 3, 0, 4, 5, 6, 255});
  EXPECT_EQ(decoded(bmp), "BMP is corrupt: a colour mask of 0x0000f0f0 has gaps");
}

TEST(Bmp, MasksWithoutRoomAreCorrupt) {
  Bmp bmp;
  bmp.bits = 32;
  bmp.height = 1;
  bmp.compression = 3;
  bmp.pixels = bytes({1, 2, 3, 0, 4, 5, 6, 255});
  EXPECT_EQ(decoded(bmp), "BMP is corrupt: no room for its colour masks");
}

TEST(Bmp, Palettes) {
  EXPECT_EQ(decoded(indexed()), "405060 405060 / 102030 405060");

  Bmp four = indexed();
  four.bits = 4;
  four.width = 3;
  four.height = 1;
  four.pixels = bytes({0x01, 0x10, 0, 0});
  EXPECT_EQ(decoded(four), "102030 405060 405060");

  Bmp one = indexed();
  one.bits = 1;
  one.width = 9;
  one.height = 1;
  one.colours = 0;  // all that the bits allow
  one.pixels = bytes({0b10000001, 0b10000000, 0, 0});
  EXPECT_EQ(decoded(one), "405060 102030 102030 102030 102030 102030 102030 405060 405060");
}

TEST(Bmp, AnIndexOutsideThePaletteIsCorrupt) {
  Bmp bmp = indexed();
  bmp.pixels[0] = std::byte{2};
  EXPECT_EQ(decoded(bmp), "BMP is corrupt: colour 2 of a palette of 2 at row 1, column 0");
}

TEST(Bmp, APaletteThatDoesNotFitIsCorrupt) {
  Bmp many = indexed();
  many.colours = 257;
  EXPECT_EQ(decoded(many),
            "BMP is corrupt: a palette of 257 colours at 8 bits a pixel and 8 bytes");
  Bmp few = indexed();
  few.colours = 0;
  EXPECT_EQ(decoded(few), "BMP is corrupt: a palette of 256 colours at 8 bits a pixel and 8 bytes");
}

TEST(Bmp, CompressionAndOldHeadersAreNotSupported) {
  Bmp bmp = indexed();
  bmp.compression = 1;
  EXPECT_EQ(decoded(bmp), "BMP of compression 1 can't be read; only uncompressed ones can");
  bmp.compression = 0;
  bmp.header = 12;
  EXPECT_EQ(decoded(bmp),
            "BMP with a header of 12 bytes can't be read; 40, 52, 56, 108 and 124 can");
  EXPECT_EQ(error_of(file_of(bmp)).code, ErrorCode::kUnsupported);
}

TEST(Bmp, WrongDepthsAreCorrupt) {
  Bmp bmp = indexed();
  for (const int bits : {0, 2, 3, 64}) {
    bmp.bits = bits;
    EXPECT_THAT(decoded(bmp), HasSubstr("bits a pixel with compression 0")) << bits;
  }
  bmp.bits = 24;
  bmp.compression = 3;
  EXPECT_EQ(decoded(bmp), "BMP is corrupt: 24 bits a pixel with compression 3");
}

TEST(Bmp, PixelsInsideTheHeaderAreCorrupt) {
  File file = file_of(true_colour());
  file[10] = std::byte{20};
  EXPECT_EQ(error_of(file).message, "BMP is corrupt: its pixels begin at byte 20");
}

TEST(Bmp, TruncatedIsMalformed) {
  File file = file_of(true_colour());
  file.resize(file.size() - 3);  // two of them are padding
  EXPECT_EQ(error_of(file).code, ErrorCode::kMalformed);
  EXPECT_EQ(error_of(file).message, "BMP is truncated: 67 bytes of 70");
}

TEST(Bmp, ThePaddingOfTheLastRowMayBeMissing) {
  File file = file_of(true_colour());
  file.resize(file.size() - 2);
  EXPECT_TRUE(Image::decode(file));
}

TEST(Bmp, SizesThatAreNoneAreCorrupt) {
  Bmp bmp = true_colour();
  bmp.width = 0;
  EXPECT_EQ(decoded(bmp), "BMP is corrupt: a size of 0 x 2");
  bmp.width = -2;
  EXPECT_EQ(decoded(bmp), "BMP is corrupt: a size of -2 x 2");
}

TEST(Bmp, AnEnormousHeaderIsRefused) {
  Bmp bmp = true_colour();
  bmp.width = 0x7FFFFFFF;
  bmp.height = -0x7FFFFFFF - 1;
  const Error error = error_of(file_of(bmp));
  EXPECT_EQ(error.code, ErrorCode::kTooLarge);
  EXPECT_THAT(error.message, StartsWith("BMP of 2147483647 x 2147483648 pixels is too large"));
  // Even without a limit of pixels: no such row fits.
  EXPECT_EQ(error_of(file_of(bmp), {INT64_MAX}).code, ErrorCode::kTooLarge);
}

}  // namespace
}  // namespace yolofleet::image
