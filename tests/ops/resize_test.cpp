#include "ops/resize.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <utility>
#include <vector>

namespace yolofleet::ops {
namespace {

/// A picture of random bytes whose rows have `gap` bytes behind them.
struct TestPicture {
  TestPicture(int width, int height, PixelFormat format, std::size_t gap = 0) {
    view.width = width;
    view.height = height;
    view.format = format;
    view.stride = static_cast<std::size_t>(width * channels(format)) + gap;
    bytes.resize(view.stride * static_cast<std::size_t>(height));
    std::mt19937 random(7);
    for (std::uint8_t& byte : bytes) {
      byte = static_cast<std::uint8_t>(random() & 0xFFU);
    }
    view.data = bytes.data();
  }

  std::vector<std::uint8_t> bytes;
  ImageView view;
};

/// Channel 0, 1, 2 of a pixel as R, G, B, whatever the format; or its grey as channel 0 of 1.
double pixel(const ImageView& view, int x, int y, int channel, int planes) {
  const std::uint8_t* at = view.data + static_cast<std::size_t>(y) * view.stride +
                           static_cast<std::size_t>(x * channels(view.format));
  if (view.format == PixelFormat::kGrey) {
    return at[0] / 255.0;
  }
  const bool rgb = view.format == PixelFormat::kRgb;
  if (planes == 1) {
    return std::floor((77 * at[rgb ? 0 : 2] + 150 * at[1] + 29 * at[rgb ? 2 : 0]) / 256.0) / 255.0;
  }
  return at[rgb ? channel : 2 - channel] / 255.0;
}

double position(int target, int targets, int sources) {
  return target == targets - 1 ? sources - 1.0 : target * (sources - 1.0) / (targets - 1.0);
}

/// Corner-aligned bilinear, from the definition.
double sampled(const ImageView& view, double x, double y, int channel, int planes) {
  const int x0 = static_cast<int>(x);
  const int y0 = static_cast<int>(y);
  const int x1 = std::min(x0 + 1, view.width - 1);
  const int y1 = std::min(y0 + 1, view.height - 1);
  const auto at = [&](int column, int row) { return pixel(view, column, row, channel, planes); };
  const double upper = at(x0, y0) * (1.0 - (x - x0)) + at(x1, y0) * (x - x0);
  const double lower = at(x0, y1) * (1.0 - (x - x0)) + at(x1, y1) * (x - x0);
  return upper * (1.0 - (y - y0)) + lower * (y - y0);
}

std::size_t elements(graph::Shape shape) {
  return static_cast<std::size_t>(shape.elements());
}

void expect_resized(const ImageView& view, graph::Shape input, Fit fit) {
  std::vector<float> output(elements(input), -1.0F);
  resize(view, input, fit, output);
  const Area area = fitted_area(view.width, view.height, input, fit);
  // Positions are floats: the further out, the coarser.
  const double tolerance = 1e-5 + 2e-7 * std::max(view.width, view.height);
  std::size_t i = 0;
  for (int c = 0; c < input.channels; ++c) {
    for (int y = 0; y < input.height; ++y) {
      for (int x = 0; x < input.width; ++x, ++i) {
        const int column = x - area.x;
        const int row = y - area.y;
        const bool inside = column >= 0 && column < area.width && row >= 0 && row < area.height;
        const double expected =
            inside ? sampled(view, position(column, area.width, view.width),
                             position(row, area.height, view.height), c, input.channels)
                   : 0.5;
        ASSERT_NEAR(double{output[i]}, expected, tolerance)
            << "channel " << c << " row " << y << " column " << x;
      }
    }
  }
}

TEST(Resize, APictureOfTheInputsSizeIsCopiedExactly) {
  const TestPicture picture(5, 4, PixelFormat::kRgb, 3);
  std::vector<float> output(60);
  const Placement placement = resize(picture.view, {3, 4, 5}, Fit::kStretch, output);
  for (int c = 0; c < 3; ++c) {
    for (int y = 0; y < 4; ++y) {
      for (int x = 0; x < 5; ++x) {
        EXPECT_EQ(output[static_cast<std::size_t>((c * 4 + y) * 5 + x)],
                  static_cast<float>(pixel(picture.view, x, y, c, 3)));
      }
    }
  }
  EXPECT_EQ(placement.scale_x, 1.0F);
  EXPECT_EQ(placement.offset_y, 0.0F);
}

TEST(Resize, CornersAreAligned) {
  const std::vector<std::uint8_t> bytes{0, 255};
  std::vector<float> output(5);
  resize({bytes.data(), 2, 1, 2, PixelFormat::kGrey}, {1, 1, 5}, Fit::kStretch, output);
  EXPECT_EQ(output, (std::vector<float>{0.0F, 0.25F, 0.5F, 0.75F, 1.0F}));
}

TEST(Resize, LargerAndSmallerInEveryFormat) {
  for (const PixelFormat format : {PixelFormat::kRgb, PixelFormat::kBgr, PixelFormat::kGrey}) {
    const TestPicture picture(37, 23, format, 5);
    for (const int planes : {1, 3}) {
      for (const Fit fit : {Fit::kStretch, Fit::kLetterbox}) {
        expect_resized(picture.view, {planes, 16, 64}, fit);
        expect_resized(picture.view, {planes, 50, 20}, fit);
        expect_resized(picture.view, {planes, 64, 64}, fit);
        expect_resized(picture.view, {planes, 5, 4}, fit);
      }
    }
  }
}

TEST(Resize, OnePixelEitherWay) {
  for (const Fit fit : {Fit::kStretch, Fit::kLetterbox}) {
    expect_resized(TestPicture(1, 1, PixelFormat::kRgb).view, {3, 8, 12}, fit);
    expect_resized(TestPicture(1, 9, PixelFormat::kBgr).view, {3, 8, 12}, fit);
    expect_resized(TestPicture(9, 1, PixelFormat::kRgb).view, {3, 8, 12}, fit);
    expect_resized(TestPicture(9, 7, PixelFormat::kRgb).view, {3, 1, 1}, fit);
  }
}

TEST(Resize, ExtremeShapesKeepAPixel) {
  for (const Fit fit : {Fit::kStretch, Fit::kLetterbox}) {
    expect_resized(TestPicture(5000, 2, PixelFormat::kRgb).view, {3, 8, 12}, fit);
    expect_resized(TestPicture(2, 5000, PixelFormat::kRgb).view, {3, 8, 12}, fit);
  }
  EXPECT_EQ(fitted_area(5000, 2, {3, 8, 12}, Fit::kLetterbox), (Area{0, 3, 12, 1}));
  EXPECT_EQ(fitted_area(2, 5000, {3, 8, 12}, Fit::kLetterbox), (Area{5, 0, 1, 8}));
}

TEST(Resize, TheLastRowIsThePicturesLast) {
  // Sizes at which (n - 1) * ((N - 1) / (n - 1)) in float is under N - 1.
  for (int height = 2; height < 700; height += 3) {
    const std::vector<std::uint8_t> bytes(static_cast<std::size_t>(height), 255);
    std::vector<float> output(416);
    resize({bytes.data(), 1, height, 1, PixelFormat::kGrey}, {1, 416, 1}, Fit::kStretch, output);
    ASSERT_NEAR(output.back(), 1.0F, 1e-6F) << height;
  }
}

/// The part of its last row that Darknet's `resize_image` (src/image.c) leaves, computed in float
/// as it does.
float darknets_last_row(int height, int input_height) {
  const float scale = static_cast<float>(height - 1) / static_cast<float>(input_height - 1);
  const float position = static_cast<float>(input_height - 1) * scale;
  return 1.0F - (position - static_cast<float>(static_cast<int>(position)));
}

// docs/models.md has these figures.
TEST(Resize, WhereDarknetsLastRowIsDarkOursIsNot) {
  for (const auto& [height, input] : {std::pair{481, 416}, std::pair{960, 608}}) {
    EXPECT_LT(darknets_last_row(height, input), 0.00025F) << height;
    const std::vector<std::uint8_t> bytes(static_cast<std::size_t>(height), 255);
    std::vector<float> output(static_cast<std::size_t>(input));
    resize({bytes.data(), 1, height, 1, PixelFormat::kGrey}, {1, input, 1}, Fit::kStretch, output);
    EXPECT_NEAR(output.back(), 1.0F, 1e-6F) << height;
  }
  EXPECT_EQ(darknets_last_row(480, 416), 1.0F);
  const auto count = [](int input) {
    int dark = 0;
    for (int height = 2; height <= 4320; ++height) {
      dark += height != input && darknets_last_row(height, input) < 0.00025F ? 1 : 0;
    }
    return dark;
  };
  EXPECT_EQ(count(416), 286);
  EXPECT_EQ(count(608), 256);
  EXPECT_EQ(count(512), 0);
}

TEST(Resize, GreyIsWeighedAsTheImageReaderOfDarknetDoes) {
  const std::vector<std::uint8_t> rgb{200, 100, 50};
  const std::vector<std::uint8_t> bgr{50, 100, 200};
  std::vector<float> output(1);
  // (77 * 200 + 150 * 100 + 29 * 50) / 256 = 124.4
  resize({rgb.data(), 1, 1, 3, PixelFormat::kRgb}, {1, 1, 1}, Fit::kStretch, output);
  EXPECT_FLOAT_EQ(output[0], 124.0F / 255.0F);
  resize({bgr.data(), 1, 1, 3, PixelFormat::kBgr}, {1, 1, 1}, Fit::kStretch, output);
  EXPECT_FLOAT_EQ(output[0], 124.0F / 255.0F);
}

TEST(FittedArea, IsDarknetsLetterbox) {
  EXPECT_EQ(fitted_area(768, 576, {3, 416, 416}, Fit::kLetterbox), (Area{0, 52, 416, 312}));
  EXPECT_EQ(fitted_area(576, 768, {3, 416, 416}, Fit::kLetterbox), (Area{52, 0, 312, 416}));
  // 100 * 416 / 333 = 124.9; the gap of 292 is halved, an odd one would be rounded down.
  EXPECT_EQ(fitted_area(333, 100, {3, 416, 416}, Fit::kLetterbox), (Area{0, 146, 416, 124}));
  EXPECT_EQ(fitted_area(10, 9, {3, 10, 10}, Fit::kLetterbox), (Area{0, 0, 10, 9}));
  EXPECT_EQ(fitted_area(768, 576, {3, 416, 352}, Fit::kStretch), (Area{0, 0, 352, 416}));
}

TEST(FittedArea, SidesWhoseProductIsOverAnInt) {
  EXPECT_EQ(fitted_area(2'000'000'000, 1'000'000'000, {3, 400, 400}, Fit::kLetterbox),
            (Area{0, 100, 400, 200}));
}

// docs/models.md has these figures.
TEST(Placement, OfAnOddGapIsWhereThePixelsAre) {
  const TestPicture picture(640, 427, PixelFormat::kGrey);
  std::vector<float> output(elements({1, 416, 416}));
  const Placement placement = resize(picture.view, {1, 416, 416}, Fit::kLetterbox, output);
  // 427 rows become 277. Of the gap of 139 rows 69 are above the picture; Darknet's
  // `correct_yolo_boxes` (src/yolo_layer.c) takes 69.5, which is 0.77 rows of the picture more.
  EXPECT_EQ(output[std::size_t{68} * 416], 0.5F);
  EXPECT_EQ(output[std::size_t{69} * 416], static_cast<float>(pixel(picture.view, 0, 0, 0, 1)));
  EXPECT_EQ(placement.offset_y, 69.0F);
  EXPECT_NEAR(0.5F / placement.scale_y, 0.77F, 0.005F);
}

TEST(Placement, SaysWhereThePixelsLie) {
  const TestPicture picture(40, 20, PixelFormat::kGrey);
  std::vector<float> output(elements({1, 10, 10}));
  const Placement placement = resize(picture.view, {1, 10, 10}, Fit::kLetterbox, output);
  EXPECT_FLOAT_EQ(placement.scale_x, 0.25F);
  EXPECT_FLOAT_EQ(placement.scale_y, 0.25F);
  EXPECT_FLOAT_EQ(placement.offset_x, 0.0F);
  EXPECT_FLOAT_EQ(placement.offset_y, 2.0F);
}

}  // namespace
}  // namespace yolofleet::ops
