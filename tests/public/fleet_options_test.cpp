#include "fleet_options.hpp"

#include <gtest/gtest.h>

namespace yolofleet {
namespace {

TEST(FleetOptions, AreWhatTheUserSays) {
  Options options;
  options.max_wait_ms = 2.5;
  options.ordered = false;
  options.keep_pixels = true;
  options.on_device_error = OnDeviceError::kContinue;
  options.self_test = false;
  options.max_detections = 7;
  fleet::DecodeOptions decode;
  decode.threads = 3;
  const fleet::FleetOptions fleet = fleet_options(options, decode);
  EXPECT_EQ(fleet.max_wait, std::chrono::microseconds{2500});
  EXPECT_FALSE(fleet.ordered);
  EXPECT_TRUE(fleet.keep_pixels);
  EXPECT_EQ(fleet.on_device_error, OnDeviceError::kContinue);
  EXPECT_FALSE(fleet.self_test);
  EXPECT_EQ(fleet.max_detections, 7);
  EXPECT_EQ(fleet.decode.threads, 3);
}

TEST(FleetOptions, DevicesAreTriedOutUnlessSomebodySaysOtherwise) {
  EXPECT_TRUE(fleet_options({}, {}).self_test);
}

}  // namespace
}  // namespace yolofleet
