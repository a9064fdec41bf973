#include "yolofleet/speed.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <limits>

#include "public/square_model.hpp"
#include "yolofleet/model.hpp"

namespace yolofleet {
namespace {

using ::testing::HasSubstr;
using testing::on_one_thread;
using testing::square_model;
using ::testing::StartsWith;

constexpr double kShort = 0.05;

TEST(EngineSpeed, OfTheCpu) {
  const auto speed = engine_speed(square_model(), on_one_thread(), kShort);
  ASSERT_TRUE(speed) << speed.error().message;
  EXPECT_EQ(speed->device, "cpu");
  EXPECT_THAT(speed->description, StartsWith("cpu: OpenVINO"));
  EXPECT_GT(speed->per_second, 0);
  EXPECT_GT(speed->batches, 0U);
  EXPECT_EQ(speed->batch, 1U);
  EXPECT_EQ(speed->slots, 1U);
  EXPECT_TRUE(speed->stages.empty());
}

TEST(LaneSpeed, OfTheCpu) {
  const Image small = testing::picture_with_square(16, 0);
  const Image large{200, 100};
  const auto speed = lane_speed(square_model(), on_one_thread(),
                                std::array<PixelView, 2>{small.view(), large.view()}, kShort);
  ASSERT_TRUE(speed) << speed.error().message;
  EXPECT_EQ(speed->device, "cpu");
  EXPECT_GT(speed->per_second, 0);
  EXPECT_GT(speed->batches, 1U);
  EXPECT_GE(speed->slots, 1U);
  ASSERT_EQ(speed->stages.size(), 4U);
  EXPECT_EQ(speed->stages[2].stage, "network");
  EXPECT_GT(speed->stages[2].seconds, 0);
}

/// Expects that engine_speed and lane_speed refuse the same arguments with the same error.
void expect_refused(const Options& options, double seconds, ErrorCode code,
                    const std::string& message) {
  const Image picture{8, 8};
  const auto engine = engine_speed(square_model(), options, seconds);
  const auto lane =
      lane_speed(square_model(), options, std::array<PixelView, 1>{picture.view()}, seconds);
  ASSERT_FALSE(engine);
  ASSERT_FALSE(lane);
  for (const Error& error : {engine.error(), lane.error()}) {
    EXPECT_EQ(error.code, code);
    EXPECT_THAT(error.message, HasSubstr(message));
  }
}

TEST(Speed, RefusesWhatCantBeMeasured) {
  Options options = on_one_thread();
  expect_refused(options, 0, ErrorCode::kInvalidArgument, "seconds is 0; more than 0 is allowed");
  expect_refused(options, std::numeric_limits<double>::quiet_NaN(), ErrorCode::kInvalidArgument,
                 "seconds is nan");
  options.devices = "tpu";
  expect_refused(options, kShort, ErrorCode::kNotFound, "no device \"tpu\" here");
  options = on_one_thread();
  options.slots = 65;
  expect_refused(options, kShort, ErrorCode::kInvalidArgument, "slots is 65; 0 to 64 is allowed");
  options.slots = -1;
  expect_refused(options, kShort, ErrorCode::kInvalidArgument, "slots is -1; 0 to 64 is allowed");
}

TEST(LaneSpeed, RefusesPicturesThatAreNone) {
  const auto none = lane_speed(square_model(), on_one_thread(), {}, kShort);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(none.error().message, HasSubstr("no pictures to measure with"));
  const auto empty =
      lane_speed(square_model(), on_one_thread(), std::array<PixelView, 1>{ImageView{}}, kShort);
  ASSERT_FALSE(empty);
  EXPECT_THAT(empty.error().message, HasSubstr("a picture's size is 0 x 0 pixels"));
}

}  // namespace
}  // namespace yolofleet
