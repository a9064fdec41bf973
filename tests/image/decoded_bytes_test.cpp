#include "image/decoded_bytes.hpp"

#include <gtest/gtest.h>

#include <array>

#include "image/pictures.hpp"

namespace yolofleet::image {
namespace {

constexpr int kWidth = 48;
constexpr int kHeight = 32;
constexpr std::size_t kRgb = std::size_t{3} * kWidth * kHeight;

std::size_t of(const File& file) {
  return decoded_bytes(file, {});
}

TEST(DecodedBytes, AreThoseOfTheDecodedPicture) {
  const Image picture = gradient(kWidth, kHeight);
  JpegOptions grey;
  grey.components = 1;
  JpegOptions cmyk;
  cmyk.components = 4;
  JpegOptions after_exif;
  after_exif.app1 = {exif_block(6, true), bytes("something else"), exif_block(3, false)};
  for (const File& file : {jpeg(picture), jpeg(picture, grey), jpeg(picture, cmyk),
                           jpeg(picture, after_exif), png(picture), webp(picture, true),
                           webp(picture, false), webp(picture, true, exif_block(6, true))}) {
    EXPECT_EQ(of(file), kRgb);
    EXPECT_EQ(Image::decode(file).value().pixels().size(), kRgb);
  }
}

TEST(DecodedBytes, OfAProgressiveJpegHaveItsCoefficients) {
  JpegOptions progressive;
  progressive.progressive = true;
  EXPECT_EQ(of(jpeg(gradient(kWidth, kHeight), progressive)), kRgb + 2 * kRgb);
  progressive.components = 1;
  EXPECT_EQ(of(jpeg(gradient(kWidth, kHeight), progressive)), kRgb + kRgb * 2 / 3);
}

TEST(DecodedBytes, OfABitmapStoredFromTheTop) {
  File bmp = bytes("BM");
  bmp.resize(bmp.size() + 12);
  append_little(bmp, 40, 4);
  append_little(bmp, kWidth, 4);
  File upwards = bmp;
  append_little(upwards, kHeight, 4);
  EXPECT_EQ(of(upwards), kRgb);
  append_little(bmp, static_cast<std::uint32_t>(-kHeight), 4);
  EXPECT_EQ(of(bmp), kRgb);
}

TEST(DecodedBytes, SkipWhatMayStandBetweenSegments) {
  File file = jpeg(gradient(kWidth, kHeight));
  file.insert(file.begin() + 2, 7, std::byte{0xFF});  // fill bytes
  EXPECT_EQ(of(file), kRgb);
  file = jpeg(gradient(kWidth, kHeight));
  constexpr std::ptrdiff_t kAfterJfif = 20;
  file.insert(file.begin() + kAfterJfif, 5, std::byte{0});
  EXPECT_EQ(of(file), kRgb);
  EXPECT_TRUE(Image::decode(file));
}

TEST(DecodedBytes, AreNoneWhereTheHeaderIsCutOff) {
  const Image picture = gradient(kWidth, kHeight);
  for (const File& whole : {jpeg(picture), png(picture), webp(picture, true)}) {
    bool known = false;
    for (std::size_t size = 0; size < whole.size(); ++size) {
      const std::size_t now =
          of({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)});
      EXPECT_TRUE(now == 0 || now == kRgb) << size;
      EXPECT_TRUE(now == kRgb || !known) << size;
      known = now == kRgb;
    }
    EXPECT_TRUE(known);
  }
}

TEST(DecodedBytes, AreNoneOfWhatCantBeDecoded) {
  EXPECT_EQ(of({}), 0U);
  EXPECT_EQ(of(bytes("no picture at all")), 0U);
  File no_frame = bytes({0xFF, 0xD8, 0xFF, 0xDA, 0, 8, 0, 0, 0, 0, 0, 0});  // a scan at once
  EXPECT_EQ(of(no_frame), 0U);
  const File file = jpeg(gradient(kWidth, kHeight));
  EXPECT_EQ(decoded_bytes(file, {kWidth * kHeight}), kRgb);
  EXPECT_EQ(decoded_bytes(file, {kWidth * kHeight - 1}), 0U) << "over the limit";
}

}  // namespace
}  // namespace yolofleet::image
