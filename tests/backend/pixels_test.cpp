#include "backend/pixels.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace yolofleet::backend {
namespace {

constexpr graph::Shape kSmallInput{3, 40, 60};

Job job_of(const Image& image, ImageFormat format = ImageFormat::kJpeg) {
  Job job;
  job.picture = encode_image(image.view(), format).value();
  return job;
}

FileDecoding at_any_size() {
  FileDecoding how;
  how.limits = {1'000'000};
  return how;
}

FileDecoding at_a_fraction() {
  FileDecoding how = at_any_size();
  how.scale = DecodeScale::kAuto;
  how.input = kSmallInput;
  return how;
}

TEST(DivisorFor, IsTheLargestWithWhichNothingIsEnlarged) {
  const auto stretched = [](int width, int height) {
    return divisor_for(width, height, kSmallInput, ops::Fit::kStretch);
  };
  EXPECT_EQ(stretched(60, 40), 1);
  EXPECT_EQ(stretched(119, 80), 1);
  EXPECT_EQ(stretched(120, 79), 1);
  EXPECT_EQ(stretched(120, 80), 2);
  EXPECT_EQ(stretched(239, 400), 2);
  EXPECT_EQ(stretched(240, 160), 4);
  EXPECT_EQ(stretched(480, 319), 4);
  EXPECT_EQ(stretched(480, 320), 8);
  EXPECT_EQ(stretched(5000, 5000), 8);
}

TEST(DivisorFor, OfALetterboxCountsTheAreaOfThePicture) {
  // 240 x 20 becomes 60 x 5.
  EXPECT_EQ(divisor_for(240, 20, kSmallInput, ops::Fit::kStretch), 1);
  EXPECT_EQ(divisor_for(240, 20, kSmallInput, ops::Fit::kLetterbox), 4);
  EXPECT_EQ(divisor_for(119, 20, kSmallInput, ops::Fit::kLetterbox), 1);
}

TEST(DecodeInPlace, AJpegBecomesPlanesAndOtherFilesRgb) {
  Job jpeg = job_of(Image(30, 20));
  ASSERT_TRUE(decode_in_place(jpeg, at_any_size()));
  EXPECT_EQ(std::get<Planes>(jpeg.picture).width(), 30);
  EXPECT_EQ(jpeg.full_size.width, 0);
  Job png = job_of(Image(30, 20), ImageFormat::kPng);
  ASSERT_TRUE(decode_in_place(png, at_any_size()));
  EXPECT_EQ(std::get<Image>(png.picture).width(), 30);
}

TEST(DecodeInPlace, PixelsThatAreKeptAreRgbAtFullSize) {
  FileDecoding how = at_a_fraction();
  how.keep_pixels = true;
  Job job = job_of(Image(300, 200));
  ASSERT_TRUE(decode_in_place(job, how));
  EXPECT_EQ(std::get<Image>(job.picture).width(), 300);
  EXPECT_EQ(job.full_size.width, 0);
}

TEST(DecodeInPlace, PixelsAreLeftAlone) {
  Job job;
  job.picture = Image(500, 500);
  ASSERT_TRUE(decode_in_place(job, at_a_fraction()));
  EXPECT_EQ(std::get<Image>(job.picture).width(), 500);
}

TEST(DecodeInPlace, AFileThatCantBeDecodedStays) {
  Job job;
  job.picture = EncodedImage(10);
  const auto decoded = decode_in_place(job, at_any_size());
  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(std::get<EncodedImage>(job.picture).size(), 10U);
}

TEST(DecodeInPlace, AtAFractionTheFullSizeTravelsAlong) {
  Job half = job_of(Image(121, 81));
  ASSERT_TRUE(decode_in_place(half, at_a_fraction()));
  EXPECT_EQ(std::get<Planes>(half.picture).width(), 61);
  EXPECT_EQ(std::get<Planes>(half.picture).height(), 41);
  EXPECT_EQ(half.full_size.width, 121);
  EXPECT_EQ(half.full_size.height, 81);
  Job whole = job_of(Image(119, 81));
  ASSERT_TRUE(decode_in_place(whole, at_a_fraction()));
  EXPECT_EQ(std::get<Planes>(whole.picture).width(), 119);
  EXPECT_EQ(whole.full_size.width, 0);
}

TEST(DecodeInPlace, TheLimitIsThatOfTheFullSize) {
  FileDecoding how = at_a_fraction();
  how.limits.max_pixels = 120 * 80 - 1;
  Job job = job_of(Image(120, 80));
  const auto decoded = decode_in_place(job, how);
  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.error().code, ErrorCode::kTooLarge);
}

TEST(ToFullSize, ScalesBoxes) {
  PictureResult result;
  result.width = 60;
  result.height = 50;
  result.detections = {{{6, 5, 30, 10}, 3, 0.5F}};
  Job job;
  to_full_size(result, job);
  EXPECT_EQ(result.width, 60) << "nothing to do";
  job.full_size = {240, 100};
  to_full_size(result, job);
  EXPECT_EQ(result.width, 240);
  EXPECT_EQ(result.height, 100);
  EXPECT_EQ(result.detections[0].box, (Box{24, 10, 120, 20}));
}

TEST(ToFullSize, LeavesAResultWithoutASizeAlone) {
  PictureResult failed;
  Job job;
  job.full_size = {240, 100};
  to_full_size(failed, job);
  EXPECT_EQ(failed.width, 0);
}

}  // namespace
}  // namespace yolofleet::backend
