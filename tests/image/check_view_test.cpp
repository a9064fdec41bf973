#include "image/check_view.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace yolofleet {
namespace {

std::string refusal_of(const ImageView& view) {
  const auto checked = check(view);
  if (checked) {
    return "none";
  }
  EXPECT_EQ(checked.error().code, ErrorCode::kInvalidArgument);
  return checked.error().message;
}

TEST(CheckView, RefusesPicturesWithoutPixels) {
  const std::array<std::uint8_t, 12> bytes{};
  EXPECT_EQ(refusal_of({}), "a picture's size is 0 x 0 pixels; 1 x 1 or more is allowed");
  EXPECT_EQ(refusal_of({bytes.data(), 2, -2, 6}),
            "a picture's size is 2 x -2 pixels; 1 x 1 or more is allowed");
  EXPECT_EQ(refusal_of({nullptr, 2, 2, 6}), "a picture of 2 x 2 pixels has no data");
}

TEST(CheckView, RefusesAStrideShorterThanARow) {
  const std::array<std::uint8_t, 12> bytes{};
  EXPECT_EQ(refusal_of({bytes.data(), 2, 2, 5}),
            "a picture's stride is 5 bytes; a row of 2 pixels has at least 6");
  EXPECT_EQ(refusal_of({bytes.data(), 2, 2, 6}), "none");
  EXPECT_EQ(refusal_of({bytes.data(), 2, 2, 2, PixelFormat::kGrey}), "none");
}

}  // namespace
}  // namespace yolofleet
