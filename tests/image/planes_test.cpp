// JPEG files decoded to planes, compared with Image::decode bit by bit.
#include "yolofleet/planes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "image/decode.hpp"
#include "image/pictures.hpp"

namespace yolofleet::image {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

using Factors = std::vector<std::array<int, 2>>;

/// Sampling factors of files, and how they are decoded.
const std::vector<std::pair<Factors, Subsampling>>& all_factors() {
  static const std::vector<std::pair<Factors, Subsampling>> kFactors{
      {{{1, 1}, {1, 1}, {1, 1}}, Subsampling::k444}, {{{2, 1}, {2, 1}, {2, 1}}, Subsampling::k444},
      {{{2, 1}, {1, 1}, {1, 1}}, Subsampling::k422}, {{{2, 2}, {1, 2}, {1, 2}}, Subsampling::k422},
      {{{2, 2}, {1, 1}, {1, 1}}, Subsampling::k420}, {{{4, 1}, {2, 1}, {2, 1}}, Subsampling::k422},
      {{{1, 2}, {1, 1}, {1, 1}}, Subsampling::k440}, {{{2, 2}, {2, 1}, {2, 1}}, Subsampling::k440}};
  return kFactors;
}

/// Colours without any order, so that each sample matters.
Image noise(int width, int height) {
  std::mt19937 random(static_cast<unsigned>(width * 1000 + height));
  return picture(width, height, [&](int, int) { return random() & 0xFFFFFFU; });
}

std::string name_of(const Factors& factors) {
  std::string name;
  for (const auto& [across, down] : factors) {
    name += std::to_string(across) + "x" + std::to_string(down) + " ";
  }
  return name;
}

JpegOptions with(const Factors& factors) {
  JpegOptions options;
  options.factors = factors;
  return options;
}

TEST(Planes, EachSubsamplingInAllSmallSizes) {
  for (const auto& [factors, subsampling] : all_factors()) {
    for (int width = 1; width <= 40; ++width) {
      for (int height = 1; height <= 40; ++height) {
        const File file = jpeg(noise(width, height), with(factors));
        ASSERT_EQ(planes_against_rgb(file), "") << name_of(factors) << width << " x " << height;
      }
    }
    const auto planes = Planes::decode(jpeg(noise(20, 10), with(factors)));
    ASSERT_TRUE(planes) << planes.error().message;
    EXPECT_EQ(planes->format().subsampling, subsampling) << name_of(factors);
  }
}

TEST(Planes, LargerPicturesWhoseEdgesLieInTheirLastBlocks) {
  for (const auto& [factors, subsampling] : all_factors()) {
    for (const int width : {255, 256, 257, 639, 640}) {
      for (const int height : {47, 48, 49, 120}) {
        const File file = jpeg(noise(width, height), with(factors));
        ASSERT_EQ(planes_against_rgb(file), "") << name_of(factors) << width << " x " << height;
      }
    }
  }
}

TEST(Planes, Grey) {
  JpegOptions options;
  options.components = 1;
  for (const int factor : {1, 2}) {  // a single component's factors mean nothing
    options.factors = {{factor, factor}};
    for (int width = 1; width <= 20; ++width) {
      for (int height = 1; height <= 20; ++height) {
        const File file = jpeg(noise(width, height), options);
        ASSERT_EQ(planes_against_rgb(file), "") << width << " x " << height;
      }
    }
    const auto planes = Planes::decode(jpeg(noise(20, 10), options));
    ASSERT_TRUE(planes) << planes.error().message;
    EXPECT_EQ(planes->format().subsampling, Subsampling::kGrey);
    EXPECT_EQ(planes->samples().size(), 200U);
  }
}

TEST(Planes, EachWayToStoreThem) {
  for (const auto& [factors, subsampling] : all_factors()) {
    JpegOptions progressive = with(factors);
    progressive.progressive = true;
    JpegOptions restarts = with(factors);
    restarts.restart_interval = 2;
    JpegOptions arithmetic = with(factors);
    arithmetic.arithmetic = true;
    JpegOptions coarse = with(factors);
    coarse.quality = 5;
    for (const JpegOptions& options : {progressive, restarts, arithmetic, coarse}) {
      for (const int width : {5, 33, 61}) {
        const File file = jpeg(noise(width, 43), options);
        ASSERT_EQ(planes_against_rgb(file), "") << name_of(factors) << width;
        ASSERT_TRUE(Planes::decode(file)) << name_of(factors) << width;
      }
    }
  }
}

TEST(Planes, TheOrientationIsNotAppliedButTold) {
  for (const auto& [factors, subsampling] : all_factors()) {
    for (int orientation = 1; orientation <= 8; ++orientation) {
      JpegOptions options = with(factors);
      options.app1 = {exif_segment(orientation, true)};
      const File file = jpeg(noise(35, 22), options);
      EXPECT_EQ(planes_against_rgb(file), "") << name_of(factors) << orientation;
      const auto planes = Planes::decode(file);
      ASSERT_TRUE(planes) << planes.error().message;
      EXPECT_EQ(planes->orientation(), orientation);
      EXPECT_EQ(planes->width(), 35);
      EXPECT_EQ(planes->view().shown_width(), orientation < 5 ? 35 : 22);
      EXPECT_EQ(planes->view().shown_height(), orientation < 5 ? 22 : 35);
    }
  }
}

TEST(Planes, AreHalfTheBytesOfRgbForFourTwoZero) {
  const auto planes = Planes::decode(jpeg(noise(64, 48), with({{2, 2}, {1, 1}, {1, 1}})));
  ASSERT_TRUE(planes) << planes.error().message;
  EXPECT_EQ(planes->samples().size(), 64U * 48U * 3U / 2U);
}

TEST(Planes, WhatIsStoredOtherwiseIsRefused) {
  JpegOptions rgb;
  rgb.rgb = true;
  JpegOptions cmyk;
  cmyk.components = 4;
  std::map<std::string, File> files{{"rgb", jpeg(noise(20, 20), rgb)},
                                    {"cmyk", jpeg(noise(20, 20), cmyk)}};
  for (const Factors& factors : {Factors{{4, 1}, {1, 1}, {1, 1}}, Factors{{1, 4}, {1, 1}, {1, 1}},
                                 Factors{{3, 1}, {1, 1}, {1, 1}}, Factors{{2, 2}, {2, 1}, {1, 2}},
                                 Factors{{1, 1}, {2, 2}, {2, 2}}}) {
    files[name_of(factors)] = jpeg(noise(20, 20), with(factors));
  }
  for (const auto& [name, file] : files) {
    const auto planes = Planes::decode(file);
    ASSERT_FALSE(planes) << name;
    EXPECT_EQ(planes.error().code, ErrorCode::kUnsupported) << name;
    EXPECT_EQ(planes.error().message,
              "JPEG isn't stored in planes: YCbCr of 4:4:4, 4:2:2, 4:2:0 or 4:4:0, or grey")
        << name;
    const auto either = decode(file, {}, Wanted::kPlanesOrRgb);
    ASSERT_TRUE(either) << name << either.error().message;
    const auto* const image = std::get_if<Image>(&either->pixels);
    ASSERT_NE(image, nullptr) << name;
    EXPECT_EQ(difference(*image, *Image::decode(file)), 0) << name;
  }
}

TEST(Planes, OtherFormatsAreRefused) {
  for (const File& file : {png(noise(8, 8)), webp(noise(8, 8), true)}) {
    const auto planes = Planes::decode(file);
    ASSERT_FALSE(planes);
    EXPECT_EQ(planes.error().code, ErrorCode::kUnsupported);
    EXPECT_EQ(planes.error().message, "isn't stored in planes: of all formats only JPEG can be");
  }
}

TEST(Planes, WhatImageDecodeRefusesIsRefusedWithItsMessage) {
  const File whole = jpeg(noise(64, 48), with({{2, 2}, {1, 1}, {1, 1}}));
  File cut = whole;
  cut.resize(cut.size() / 2);
  JpegOptions scans;
  scans.many_scans = true;
  const std::map<std::string, File> files{{"empty", {}},
                                          {"text", bytes("no picture")},
                                          {"cut", cut},
                                          {"scans", jpeg(noise(64, 48), scans)}};
  for (const auto& [name, file] : files) {
    const auto planes = Planes::decode(file);
    ASSERT_FALSE(planes) << name;
    EXPECT_EQ(planes.error().message, error_of(file).message) << name;
    EXPECT_EQ(planes.error().code, error_of(file).code) << name;
  }
  const auto large = Planes::decode(whole, {100});
  ASSERT_FALSE(large);
  EXPECT_EQ(large.error().code, ErrorCode::kTooLarge);
  EXPECT_THAT(large.error().message, HasSubstr("at most 100 pixels"));
}

/// The mean difference of the bytes of two pictures of one size.
double mean_difference(const Image& a, const Image& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.pixels().size(); ++i) {
    sum += std::abs(int{a.pixels()[i]} - int{b.pixels()[i]});
  }
  return sum / static_cast<double>(a.pixels().size());
}

TEST(Planes, AFractionOfTheSize) {
  constexpr int kWidth = 203;
  constexpr int kHeight = 101;
  // A picture whose colours change evenly, at a fraction of its size.
  const auto smooth = [](int divisor) {
    const auto level = [&](int at, int side) {
      const int middle = 2 * divisor * at + divisor - 1;  // of the pixels that become one, doubled
      return static_cast<std::uint32_t>(std::min(255 * middle / (2 * side), 255));
    };
    return picture(
        (kWidth + divisor - 1) / divisor, (kHeight + divisor - 1) / divisor,
        [&](int x, int y) { return level(x, kWidth) << 16 | level(y, kHeight) << 8 | 60U; });
  };
  for (const auto& [factors, subsampling] : all_factors()) {
    JpegOptions options = with(factors);
    options.app1 = {exif_segment(6, true)};
    const File file = jpeg(smooth(1), options);
    for (const int divisor : {1, 2, 4, 8}) {
      const auto half = [&](int width, int height) {
        EXPECT_EQ(width, kHeight);
        EXPECT_EQ(height, kWidth);
        return divisor;
      };
      const auto decoded = decode(file, {}, Wanted::kPlanesOrRgb, half);
      ASSERT_TRUE(decoded) << decoded.error().message;
      EXPECT_EQ(decoded->width, kHeight);
      EXPECT_EQ(decoded->height, kWidth);
      const auto& planes = std::get<Planes>(decoded->pixels);
      const Image expected = smooth(divisor);
      ASSERT_EQ(planes.width(), expected.width()) << name_of(factors) << divisor;
      ASSERT_EQ(planes.height(), expected.height()) << name_of(factors) << divisor;
      PlanesView stored = planes.view();
      stored.orientation = 1;
      EXPECT_LT(mean_difference(to_rgb(stored), expected), 4) << name_of(factors) << divisor;
      const auto rgb = decode(file, {}, Wanted::kRgb, half);
      ASSERT_TRUE(rgb) << rgb.error().message;
      EXPECT_LT(mean_difference(std::get<Image>(rgb->pixels), to_rgb(planes.view())), 5)
          << name_of(factors) << divisor;
    }
  }
}

}  // namespace
}  // namespace yolofleet::image
