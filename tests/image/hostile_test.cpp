// Files of each format cut and changed in many places: each gives an error or a picture, and no
// more memory than the limit allows; a cut one gives an error or the very picture.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "image/pictures.hpp"

namespace yolofleet::image {
namespace {

const DecodeLimits kLimits{100'000};

std::map<std::string, File> samples() {
  const Image image = gradient(61, 43);
  JpegOptions progressive;
  progressive.progressive = true;
  progressive.subsampled = true;
  JpegOptions turned;
  turned.restart_interval = 3;
  turned.app1 = {bytes("Exif")};
  turned.app1[0].resize(6);
  append(turned.app1[0], exif_block(6, true));
  JpegOptions cmyk;
  cmyk.components = 4;
  cmyk.ycck = true;
  PngOptions palette;
  palette.colour_type = 3;
  palette.bit_depth = 4;
  palette.palette = {0x102030, 0x405060, 0x708090};
  palette.transparency = true;
  File bitmap = bytes("BM");
  append_little(bitmap, 0, 4);
  append_little(bitmap, 0, 4);
  append_little(bitmap, 14 + 40 + 1024, 4);
  for (const std::uint32_t value : {40U, 40U, 30U, 1U | (8U << 16), 0U, 0U, 0U, 0U, 0U, 0U}) {
    append_little(bitmap, value, 4);
  }
  for (std::uint32_t i = 0; i < 256; ++i) {
    append_little(bitmap, i * 0x010203, 4);
  }
  for (std::uint32_t i = 0; i < 40 * 30; ++i) {
    append_little(bitmap, i, 1);
  }
  return {{"jpeg", jpeg(image)},
          {"jpeg, progressive", jpeg(image, progressive)},
          {"jpeg, turned", jpeg(image, turned)},
          {"jpeg, ycck", jpeg(image, cmyk)},
          {"png", png(image)},
          {"png, interlaced and turned", png(image, exif_block(8, false), true)},
          {"png, palette", png(16, 4, std::vector<std::uint8_t>(32, 0x12), palette)},
          {"webp, lossless", webp(image, true)},
          {"webp, lossy and turned", webp(image, false, exif_block(5, false))},
          {"bmp", bitmap}};
}

TEST(Hostile, CutAnywhere) {
  for (const auto& [name, file] : samples()) {
    const auto whole = Image::decode(file, kLimits);
    ASSERT_TRUE(whole) << name << ": " << whole.error().message;
    const std::size_t step = std::max<std::size_t>(file.size() / 400, 1);
    for (std::size_t length = 0; length < file.size(); length += length < 200 ? 1 : step) {
      // Exactly as much memory as there are bytes, so that a sanitizer sees a read behind them.
      const File cut(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(length));
      EXPECT_EQ(planes_against_rgb(cut, kLimits), "") << name << " cut at " << length;
      const auto decoded = Image::decode(cut, kLimits);
      if (decoded) {
        EXPECT_EQ(difference(*decoded, *whole), 0) << name << " cut at " << length;
        // All but what only marks the end.
        EXPECT_GE(length + 4, file.size()) << name;
      } else {
        EXPECT_FALSE(decoded.error().message.empty()) << name;
      }
    }
  }
}

TEST(Hostile, CutAtTheVeryEnd) {
  for (const auto& [name, file] : samples()) {
    const auto whole = Image::decode(file, kLimits);
    ASSERT_TRUE(whole) << name;
    for (std::size_t missing = 1; missing < 40; ++missing) {
      const File cut(file.begin(), file.end() - static_cast<std::ptrdiff_t>(missing));
      const auto decoded = Image::decode(cut, kLimits);
      if (decoded) {
        EXPECT_EQ(difference(*decoded, *whole), 0) << name << " without the last " << missing;
      } else {
        EXPECT_EQ(decoded.error().code, ErrorCode::kMalformed) << name << decoded.error().message;
      }
    }
  }
}

void expect_sound(const File& file, const std::string& what) {
  EXPECT_EQ(planes_against_rgb(file, kLimits), "") << what;
  const auto decoded = Image::decode(file, kLimits);
  if (decoded) {
    EXPECT_LE(std::int64_t{decoded->width()} * decoded->height(), kLimits.max_pixels) << what;
    EXPECT_EQ(decoded->pixels().size(),
              decoded->stride() * static_cast<std::size_t>(decoded->height()))
        << what;
  } else {
    EXPECT_NE(decoded.error().code, ErrorCode::kInternal) << what;
    EXPECT_FALSE(decoded.error().message.empty()) << what;
    EXPECT_EQ(decoded.error().message.find('\n'), std::string::npos) << what;
  }
}

TEST(Hostile, BitsFlipped) {
  std::mt19937 random(20260114);  // the same in every run
  for (const auto& [name, file] : samples()) {
    for (int round = 0; round < 600; ++round) {
      File changed = file;
      const int flips = 1 + static_cast<int>(random() % 8);
      for (int i = 0; i < flips; ++i) {
        // Every other one in the beginning, where the headers are.
        const std::size_t range =
            i % 2 == 0 ? file.size() : std::min<std::size_t>(file.size(), 200);
        changed[random() % range] ^= static_cast<std::byte>(1U << (random() % 8));
      }
      expect_sound(changed, name);
    }
  }
}

TEST(Hostile, BytesReplacedAndRepeated) {
  std::mt19937 random(4);
  for (const auto& [name, file] : samples()) {
    for (int round = 0; round < 300; ++round) {
      File changed = file;
      const auto from = static_cast<std::ptrdiff_t>(random() % file.size());
      const auto length = static_cast<std::ptrdiff_t>(
          std::min<std::size_t>(random() % 64, file.size() - static_cast<std::size_t>(from)));
      if (round % 3 == 0) {
        std::fill_n(changed.begin() + from, length, static_cast<std::byte>(random()));
      } else if (round % 3 == 1) {
        changed.erase(changed.begin() + from, changed.begin() + from + length);
      } else {
        changed.insert(changed.begin() + from, file.begin() + from, file.begin() + from + length);
      }
      expect_sound(changed, name);
    }
  }
}

}  // namespace
}  // namespace yolofleet::image
