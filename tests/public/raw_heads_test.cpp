#include "yolofleet/raw_heads.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "public/square_model.hpp"
#include "yolofleet/model.hpp"

namespace yolofleet {
namespace {

using ::testing::HasSubstr;
using testing::on_one_thread;
using testing::picture_with_square;
using testing::square_model;

TEST(RawHeads, AreWhatTheHeadIsGiven) {
  auto heads = RawHeads::open(square_model(), on_one_thread()).value();
  EXPECT_THAT(heads.device(), HasSubstr("fp32"));
  const Image picture = picture_with_square(32, 16);
  for (int again = 0; again < 2; ++again) {
    const auto found = heads.run(picture.view()).value();
    ASSERT_EQ(found.size(), 1U);
    const RawHead& head = found.front();
    EXPECT_EQ(head.layer, 1);
    EXPECT_EQ(head.channels, 6);
    EXPECT_EQ(head.rows, 4);
    EXPECT_EQ(head.columns, 4);
    ASSERT_EQ(head.values.size(), 96U);
    EXPECT_NEAR(head.values[4 * 16 + 1 * 4 + 2], 10.0F, 1e-3F) << "the white cell's object";
    EXPECT_NEAR(head.values[4 * 16], -10.0F, 1e-3F);
  }
}

TEST(RawHeads, ResizeAsTheyAreTold) {
  Image wide(128, 64);
  std::fill(wide.pixels().begin(), wide.pixels().end(), std::uint8_t{255});
  Options options = on_one_thread();
  options.resize = Resize::kLetterbox;
  const auto boxed = RawHeads::open(square_model(), options).value().run(wide.view()).value();
  const auto stretched =
      RawHeads::open(square_model(), on_one_thread()).value().run(wide.view()).value();
  EXPECT_NEAR(stretched.front().values[4 * 16], 10.0F, 1e-3F);
  EXPECT_NEAR(boxed.front().values[4 * 16], 0.0F, 1e-3F) << "grey above the picture";
}

TEST(RawHeads, RefuseWhatIsntOneDevice) {
  Options options = on_one_thread();
  options.devices = "toaster";
  const auto none = RawHeads::open(square_model(), options);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, ErrorCode::kNotFound);
  options.devices = "cpu";
  options.precision = Precision::kFp16;
  const auto half = RawHeads::open(square_model(), options);
  ASSERT_FALSE(half);
  EXPECT_EQ(half.error().code, ErrorCode::kUnsupported);
  options = on_one_thread();
  options.nms = 2;
  const auto wrong = RawHeads::open(square_model(), options);
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, ErrorCode::kInvalidArgument);
}

TEST(RawHeads, RefuseAPictureWithoutPixels) {
  auto heads = RawHeads::open(square_model(), on_one_thread()).value();
  const auto found = heads.run(ImageView{});
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace yolofleet
