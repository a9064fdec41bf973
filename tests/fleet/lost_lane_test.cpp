// Lanes that can't be opened, and lanes that are lost later.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <stdexcept>

#include "base/fail.hpp"
#include "fleet/support.hpp"

namespace yolofleet::fleet {
namespace {

using namespace std::chrono_literals;
using testing::closed_by;
using ::testing::ElementsAre;
using testing::fake;
using testing::fake_device;
using testing::FakeScript;
using testing::open_fleet;
using testing::picture_of;
using testing::plain_options;
using testing::source_of;
using testing::take_all;

FleetOptions going_on() {
  FleetOptions options = plain_options();
  options.on_device_error = OnDeviceError::kContinue;
  return options;
}

OpenLane broken(const std::string& device, const std::string& message) {
  return {device,
          [message](const backend::OnFinished&,
                    std::vector<std::string>& warnings) -> Result<std::unique_ptr<backend::Lane>> {
            warnings.push_back("tried: " + message);
            return base::fail(ErrorCode::kDevice, "{}", message);
          }};
}

/// Gives kDevice errors from the picture with this index on.
FakeScript breaks_at(const std::string& device, std::uint64_t index) {
  FakeScript script = fake_device(device, 2, 100us);
  script.error = [device, index](std::uint64_t i) {
    return i >= index ? std::optional<Error>(Error{ErrorCode::kDevice, device + ": gone"})
                      : std::nullopt;
  };
  return script;
}

TEST(OpenLanes, TheFirstErrorInTheirOrderIsTheFleets) {
  const auto fleet = Fleet::open(
      {fake(FakeScript{}), broken("b", "no such luck"), broken("c", "nor here"), fake({})},
      plain_options());
  ASSERT_FALSE(fleet);
  EXPECT_EQ(fleet.error().code, ErrorCode::kDevice);
  EXPECT_EQ(fleet.error().message, "no such luck");
}

TEST(OpenLanes, WhereTheRunGoesOnTheOthersAreUsed) {
  const auto fleet = Fleet::open({broken("a", "a: no memory"), fake(fake_device("b", 8, 0us)),
                                  broken("c", "no such luck")},
                                 going_on())
                         .value();
  EXPECT_THAT(fleet->warnings(), ElementsAre("tried: a: no memory", "a isn't used: no memory",
                                             "tried: no such luck", "c isn't used: no such luck"));
  EXPECT_THAT(fleet->descriptions(), ElementsAre("b: fake"));
  EXPECT_EQ(fleet->capacity(), 2U * 2 * 8) << "only of what is used";
  std::thread source = source_of(*fleet, 20);
  for (const PictureResult& result : take_all(*fleet)) {
    EXPECT_EQ(result.device, "b");
  }
  source.join();
  const FleetReport report = fleet->report();
  ASSERT_EQ(report.devices.size(), 3U);
  EXPECT_EQ(report.devices[0].error->message, "a: no memory");
  EXPECT_EQ(report.devices[0].device, "a");
  EXPECT_FALSE(report.devices[1].error);
  EXPECT_EQ(report.devices[1].pictures, 20U);
  EXPECT_EQ(report.devices[2].error->code, ErrorCode::kDevice);
}

TEST(OpenLanes, WhereNoneCanBeOpenedTheRunDoesntGoOn) {
  const auto fleet = Fleet::open({broken("a", "no memory"), broken("b", "no luck")}, going_on());
  ASSERT_FALSE(fleet);
  EXPECT_EQ(fleet.error().message, "no memory");
}

TEST(OpenLanes, AreOpenedSideBySide) {
  std::mutex mutex;
  std::condition_variable changed;
  int opening = 0;
  const OpenLane waits_for_the_other = {
      "a", [&](const backend::OnFinished& on_finished, std::vector<std::string>&) {
        std::unique_lock lock{mutex};
        ++opening;
        changed.notify_all();
        changed.wait(lock, [&] { return opening == 2; });
        return Result<std::unique_ptr<backend::Lane>>(
            std::make_unique<testing::FakeLane>(FakeScript{}, on_finished));
      }};
  EXPECT_TRUE(Fleet::open({waits_for_the_other, waits_for_the_other}, plain_options()));
}

TEST(OpenLanes, AnExceptionComesThrough) {
  const OpenLane throws = {"a",
                           [](const backend::OnFinished&,
                              std::vector<std::string>&) -> Result<std::unique_ptr<backend::Lane>> {
                             throw std::runtime_error("no thread");
                           }};
  EXPECT_THROW((void)Fleet::open({fake(FakeScript{}), throws}, plain_options()),
               std::runtime_error);
}

TEST(LostLane, WithoutGoingOnGivesItsErrors) {
  const auto fleet = open_fleet({breaks_at("a", 10)});
  std::thread source = source_of(*fleet, 20);
  const auto results = take_all(*fleet);
  source.join();
  ASSERT_EQ(results.size(), 20U);
  for (const PictureResult& result : results) {
    EXPECT_EQ(result.error.has_value(), result.index >= 10);
  }
  EXPECT_FALSE(fleet->report().devices[0].error) << "it is still used";
}

TEST(LostLane, ItsPicturesGoToTheOthers) {
  FakeScript breaks = breaks_at("a", 50);
  breaks.batch = 1;  // else one may begin before it breaks
  const auto fleet =
      open_fleet({breaks, fake_device("b", 2, 100us), fake_device("c", 4, 100us)}, going_on());
  constexpr std::size_t kCount = 300;
  std::thread source = source_of(*fleet, kCount);
  const auto results = take_all(*fleet);
  source.join();
  ASSERT_EQ(results.size(), kCount);
  for (std::size_t i = 0; i < kCount; ++i) {
    EXPECT_EQ(results[i].index, i);
    EXPECT_EQ(results[i].width, static_cast<int>(i % 97)) << "the picture itself went along";
    EXPECT_EQ(std::any_cast<std::size_t>(results[i].tag), i) << "and its tag";
    EXPECT_FALSE(results[i].error) << results[i].error->message;
    EXPECT_TRUE(i < 50 || results[i].device != "a");
  }
  const FleetReport report = fleet->report();
  EXPECT_EQ(report.failures, 0U);
  EXPECT_EQ(report.devices[0].error->message, "a: gone");
  std::uint64_t sum = 0;
  for (const DeviceReport& device : report.devices) {
    sum += device.pictures;
    EXPECT_EQ(device.failures, 0U) << "what went to another device counts there";
  }
  EXPECT_EQ(sum, kCount);
}

TEST(LostLane, ItsPicturesGoBeforeThoseThatCameLater) {
  std::atomic<bool> open_a = false;
  std::atomic<bool> open_b = false;
  FakeScript a = closed_by(open_a);
  FakeScript b = closed_by(open_b);
  a.slots = b.slots = 1;
  a.error = breaks_at("a", 0).error;
  FleetOptions options = going_on();
  options.ordered = false;
  const auto fleet = open_fleet({a, b}, options);
  for (int i = 0; i < 4; ++i) {
    ASSERT_TRUE(fleet->submit(picture_of(1)));
  }
  open_a = true;
  while (!fleet->report().devices[0].error) {
    std::this_thread::sleep_for(1ms);
  }
  open_b = true;
  for (const std::uint64_t index : {1U, 0U, 2U, 3U}) {
    EXPECT_EQ(fleet->next()->index, index);
  }
}

TEST(LostLane, APictureIsPassedOnOnce) {
  // The first lane gets the first batch and breaks, the second breaks by the same; the third, which
  // would too, never sees it.
  FleetOptions options = going_on();
  options.max_wait = 1h;
  const auto fleet = open_fleet({breaks_at("a", 0), breaks_at("b", 0), breaks_at("c", 0)}, options);
  ASSERT_TRUE(fleet->submit(picture_of(1)));
  ASSERT_TRUE(fleet->submit(picture_of(2)));
  for (int i = 0; i < 2; ++i) {
    const auto result = fleet->next();
    ASSERT_TRUE(result->error);
    EXPECT_EQ(result->error->message, "b: gone");
    EXPECT_EQ(result->device, "b");
  }
  const FleetReport report = fleet->report();
  EXPECT_TRUE(report.devices[0].error && report.devices[1].error);
  EXPECT_FALSE(report.devices[2].error);
}

TEST(LostLane, WhereNoneIsLeftTheErrorIsTheResult) {
  const auto fleet = open_fleet({breaks_at("a", 20), breaks_at("b", 20)}, going_on());
  std::thread source = source_of(*fleet, 200);
  const auto results = take_all(*fleet);
  source.join();
  ASSERT_EQ(results.size(), 200U);
  for (const PictureResult& result : results) {
    EXPECT_EQ(result.error.has_value(), result.index >= 20) << result.index;
    if (result.error) {
      EXPECT_EQ(result.error->code, ErrorCode::kDevice);
      EXPECT_THAT(result.error->message, ::testing::EndsWith(": gone"));
    }
  }
  EXPECT_EQ(fleet->report().failures, 180U);
}

TEST(LostLane, WithoutItsPicturesLeavesTheirErrors) {
  FakeScript script = breaks_at("a", 0);
  script.gives_back = false;
  FleetOptions options = going_on();
  options.max_wait = 1h;
  const auto fleet = open_fleet({script, fake_device("b", 2, 0us)}, options);
  std::thread source = source_of(*fleet, 20);
  const auto results = take_all(*fleet);
  source.join();
  std::size_t failures = 0;
  for (const PictureResult& result : results) {
    failures += result.error ? 1U : 0U;
    EXPECT_EQ(std::any_cast<std::size_t>(result.tag), result.index);
  }
  EXPECT_GE(failures, 1U) << "its first batch, which is a single one where the fleet is full";
  EXPECT_LE(failures, 4U) << "what was in its two slots";
}

TEST(LostLane, APictureThatFailsAmongOthersDoesntLoseIt) {
  FakeScript script = fake_device("a", 2, 0us);
  script.error = [](std::uint64_t i) {
    return i % 2 == 0 ? std::optional<Error>(Error{ErrorCode::kDevice, "odd"}) : std::nullopt;
  };
  FleetOptions options = going_on();
  options.max_wait = 1h;
  const auto fleet = open_fleet({script}, options);
  for (int i = 0; i < 8; ++i) {
    ASSERT_TRUE(fleet->submit(picture_of(1)));
  }
  for (std::uint64_t i = 0; i < 8; ++i) {
    EXPECT_EQ(fleet->next()->error.has_value(), i % 2 == 0);
  }
  EXPECT_FALSE(fleet->report().devices[0].error);
}

TEST(LostLane, MayBeLostWhileTheFleetIsDestroyed) {
  for (int round = 0; round < 50; ++round) {
    const auto fleet = open_fleet({breaks_at("a", 4), breaks_at("b", 3)}, going_on());
    for (int i = 0; i < 12; ++i) {
      ASSERT_TRUE(fleet->submit(picture_of(1)));
    }
  }
}

}  // namespace
}  // namespace yolofleet::fleet
