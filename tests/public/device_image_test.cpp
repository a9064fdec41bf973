#include <gtest/gtest.h>

#include "public/square_model.hpp"
#include "yolofleet/detector.hpp"

namespace yolofleet {
namespace {

TEST(DeviceImages, NeedADeviceThatReadsThem) {
  Detector detector = Detector::open(testing::square_model(), testing::on_one_thread()).value();
  const Image image{8, 8};
  Picture picture = DeviceImage{"cuda:0", image.view()};
  const auto refused = detector.try_submit(picture);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(refused.error().message,
            "a picture lies in the memory of \"cuda:0\"; none of the devices in use can read it: "
            "cpu");
  EXPECT_EQ(detector.submit(picture).error().message, refused.error().message);
}

TEST(DeviceImages, AreCheckedLikeOtherPictures) {
  Detector detector = Detector::open(testing::square_model(), testing::on_one_thread()).value();
  const auto refused = detector.submit(DeviceImage{"cuda:0", ImageView{}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace yolofleet
