// Pictures in the memory of devices, and devices without a decoder.

#include <gmock/gmock.h>

#include "base/fail.hpp"
#include "fleet/support.hpp"

namespace yolofleet::fleet {
namespace {

using namespace std::chrono_literals;
using ::testing::AnyOf;
using ::testing::ElementsAre;
using testing::FakeScript;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::lane_of_device;
using testing::open_fleet;
using testing::plain_options;

TEST(MakeDecoders, TellWhyThereIsNone) {
  const auto with = [](auto result, Decode decode) {
    FakeScript script = lane_of_device("a", 4, 0us);
    script.decoder = [result](std::vector<std::string>& reasons) { return result(reasons); };
    FleetOptions options = plain_options();
    options.decode.decode = decode;
    return open_fleet({script}, options);
  };
  using Made = Result<std::unique_ptr<backend::Decoder>>;
  const auto absent = [](std::vector<std::string>& reasons) -> Made {
    reasons.emplace_back("a: no library");
    return nullptr;
  };
  EXPECT_THAT(with(absent, Decode::kAuto)->warnings(), IsEmpty());
  EXPECT_THAT(with(absent, Decode::kAuto)->decoders(), ElementsAre("a: no library"));
  EXPECT_THAT(with(absent, Decode::kGpu)->warnings(), ElementsAre("a: no library"));
  const auto broken = [](std::vector<std::string>&) -> Made {
    return base::fail(ErrorCode::kTooLarge, "a: no memory");
  };
  for (const Decode decode : {Decode::kAuto, Decode::kGpu}) {
    EXPECT_THAT(with(broken, decode)->warnings(),
                ElementsAre("a: its JPEG decoder isn't used: no memory"));
  }
  const auto silent = [](std::vector<std::string>&) -> Made { return nullptr; };
  EXPECT_THAT(with(silent, Decode::kAuto)->warnings(), IsEmpty());
  EXPECT_THAT(with(silent, Decode::kGpu)->warnings(),
              ElementsAre("no device has a JPEG decoder: the CPU decodes the files"));
}

/// A picture of the caller's in the memory of `device`.
DeviceImage on(const std::string& device, const Image& image) {
  DeviceImage picture;
  picture.device = device;
  picture.pixels = image.view();
  return picture;
}

TEST(DeviceImages, GoToTheLaneOfTheirDeviceOrAnotherThatTakesThem) {
  const auto fleet = open_fleet({testing::fake_device("cpu", 1, 0us), lane_of_device("a", 1, 0us),
                                 lane_of_device("b", 1, 0us)});
  const Image image(9, 9);
  for (const char* const device : {"a", "b", "a", "b"}) {
    ASSERT_TRUE(fleet->submit(on(device, image)));
    const auto result = fleet->next();
    EXPECT_EQ(result->device, device);
    EXPECT_EQ(result->width, 9);
  }
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(fleet->submit(on("elsewhere", image)));
    EXPECT_NE(fleet->next()->device, "cpu");
  }
}

TEST(DeviceImages, AreRefusedWhereNoLaneTakesThem) {
  const auto fleet = open_fleet({testing::fake_device("cpu", 1, 0us)});
  const Image image(9, 9);
  ASSERT_TRUE(fleet->submit(on("a", image)));
  const auto result = fleet->next();
  ASSERT_TRUE(result->error);
  EXPECT_EQ(result->error->code, ErrorCode::kUnsupported);
  EXPECT_EQ(result->error->message,
            "a picture in the memory of a: no device in use takes pictures from a device's memory");
}

TEST(DeviceImages, OfALostLaneGoToAnotherOrFailWithItsError) {
  for (const bool another : {true, false}) {
    FakeScript breaks = lane_of_device("a", 1, 0us);
    breaks.error = [](std::uint64_t) { return Error{ErrorCode::kDevice, "a: gone"}; };
    FleetOptions options = plain_options();
    options.on_device_error = OnDeviceError::kContinue;
    FakeScript other = another ? lane_of_device("b", 1, 0us) : testing::fake_device("cpu", 1, 0us);
    const auto fleet = open_fleet({breaks, other}, options);
    const Image image(9, 9);
    for (int i = 0; i < 8; ++i) {
      ASSERT_TRUE(fleet->submit(on("a", image)));
    }
    for (int i = 0; i < 8; ++i) {
      const auto result = fleet->next();
      if (another) {
        ASSERT_FALSE(result->error) << result->error->message;
        EXPECT_EQ(result->device, "b");
      } else {
        ASSERT_TRUE(result->error) << i;
        EXPECT_THAT(result->error->message,
                    AnyOf("a: gone", HasSubstr("no device in use takes pictures")));
        EXPECT_TRUE(i > 0 || result->error->message == "a: gone");
      }
    }
  }
}

}  // namespace
}  // namespace yolofleet::fleet
