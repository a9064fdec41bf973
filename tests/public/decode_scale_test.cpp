#include <gtest/gtest.h>

#include <algorithm>

#include "public/square_model.hpp"
#include "yolofleet/detector.hpp"

namespace yolofleet {
namespace {

constexpr int kScale = 4;

/// A picture with each pixel repeated kScale times in both directions.
Image enlarged(const Image& small) {
  Image large(small.width() * kScale, small.height() * kScale);
  for (int y = 0; y < large.height(); ++y) {
    for (int x = 0; x < large.width(); ++x) {
      const int from = 3 * (y / kScale * small.width() + x / kScale);
      const int to = 3 * (y * large.width() + x);
      std::copy_n(small.pixels().begin() + from, 3, large.pixels().begin() + to);
    }
  }
  return large;
}

TEST(DecodeScale, BoxesReferToTheFile) {
  const Image large = enlarged(testing::picture_with_square(32, 16));
  const EncodedImage file = encode_image(large.view(), ImageFormat::kJpeg).value();
  for (const DecodeScale scale : {DecodeScale::kOff, DecodeScale::kAuto}) {
    Options options = testing::on_one_thread();
    options.decode_scale = scale;
    auto detector = Detector::open(testing::square_model(), options);
    ASSERT_TRUE(detector) << detector.error().message;
    ASSERT_TRUE(detector->submit(file));
    detector->finish();
    const auto result = detector->next();
    ASSERT_TRUE(result && !result->error);
    EXPECT_EQ(result->width, 64 * kScale);
    EXPECT_EQ(result->height, 64 * kScale);
    ASSERT_EQ(result->detections.size(), 1U);
    const Box& box = result->detections[0].box;
    EXPECT_NEAR(box.x, 32 * kScale, 1);
    EXPECT_NEAR(box.y, 16 * kScale, 1);
    EXPECT_NEAR(box.width, 16 * kScale, 1);
    EXPECT_NEAR(box.height, 16 * kScale, 1);
  }
}

TEST(DecodeScale, KeptPixelsAreThoseOfTheFile) {
  const Image large = enlarged(testing::picture_with_square(32, 16));
  Options options = testing::on_one_thread();
  options.decode_scale = DecodeScale::kAuto;
  options.keep_pixels = true;
  auto detector = Detector::open(testing::square_model(), options);
  ASSERT_TRUE(detector) << detector.error().message;
  ASSERT_TRUE(detector->submit(encode_image(large.view(), ImageFormat::kJpeg).value()));
  const auto result = detector->next();
  ASSERT_TRUE(result);
  EXPECT_EQ(result->pixels.width(), 64 * kScale);
}

}  // namespace
}  // namespace yolofleet
