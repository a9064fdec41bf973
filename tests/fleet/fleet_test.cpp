#include "fleet/fleet.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "fleet/support.hpp"

namespace yolofleet::fleet {
namespace {

using namespace std::chrono_literals;
using testing::closed_by;
using testing::fake_device;
using testing::FakeScript;
using testing::mixed_delay;
using testing::open_fleet;
using testing::picture_of;
using testing::plain_options;
using testing::source_of;
using testing::take_all;

void fill(Fleet& fleet) {
  Picture picture = picture_of(1);
  while (fleet.try_submit(picture).value()) {
    picture = picture_of(1);
  }
}

TEST(Fleet, GivesResultsInTheOrderOfSubmissionWhateverTheLanesDo) {
  FakeScript script;
  script.delay = mixed_delay;
  const auto fleet = open_fleet({script, script, script, script});
  constexpr std::size_t kCount = 2000;
  std::thread source = source_of(*fleet, kCount);
  for (std::size_t i = 0; i < kCount; ++i) {
    const auto result = fleet->next();
    ASSERT_TRUE(result);
    ASSERT_EQ(result->index, i);
    ASSERT_EQ(result->width, static_cast<int>(i % 97));
  }
  EXPECT_FALSE(fleet->next());
  EXPECT_FALSE(fleet->next());
  source.join();
}

TEST(Fleet, WithoutOrderNoResultWaitsForAnother) {
  std::atomic<bool> open = false;
  FleetOptions options = plain_options();
  options.ordered = false;
  FakeScript closed = closed_by(open);
  closed.slots = 1;
  const auto fleet = open_fleet({closed, FakeScript{}}, options);
  for (std::size_t i = 0; i < 5; ++i) {
    ASSERT_TRUE(fleet->submit(picture_of(i)));
  }
  fleet->finish();
  for (std::uint64_t i = 1; i < 5; ++i) {
    EXPECT_EQ(fleet->next()->index, i);
  }
  open = true;
  EXPECT_EQ(fleet->next()->index, 0U) << "this one was held up";
  EXPECT_FALSE(fleet->next());
}

TEST(Fleet, OneThreadMaySubmitToTheCapacityAndThenTake) {
  const auto fleet = open_fleet({fake_device("a", 4, 200us), fake_device("b", 1, 300us)});
  for (int round = 0; round < 3; ++round) {
    for (std::size_t i = 0; i < fleet->capacity(); ++i) {
      ASSERT_TRUE(fleet->submit(picture_of(i % 97)));
    }
    for (std::size_t i = 0; i < fleet->capacity(); ++i) {
      ASSERT_EQ(fleet->next()->width, static_cast<int>(i % 97));
    }
  }
}

TEST(Fleet, RefusesWhatItHasNoRoomFor) {
  std::atomic<bool> open = false;
  const auto fleet = open_fleet({closed_by(open)});
  for (std::size_t i = 0; i < fleet->capacity(); ++i) {
    Picture picture = picture_of(i);
    ASSERT_EQ(fleet->try_submit(picture).value(), i);
  }
  Picture one_more = picture_of(42);
  EXPECT_FALSE(fleet->try_submit(one_more).value());
  EXPECT_EQ(std::get<EncodedImage>(one_more).size(), 42U) << "it must be left alone";
  open = true;
  ASSERT_TRUE(fleet->next());
  EXPECT_TRUE(fleet->try_submit(one_more).value());
}

TEST(Fleet, ResultsThatWaitForASlowLaneDontHoldUpTheOthers) {
  std::atomic<bool> open = false;
  const auto fleet = open_fleet({closed_by(open), FakeScript{}});
  std::size_t accepted = 0;
  for (; accepted < fleet->capacity(); ++accepted) {
    ASSERT_TRUE(fleet->submit(picture_of(1)));
  }
  Picture picture = picture_of(42);
  EXPECT_FALSE(fleet->try_submit(picture).value());
  EXPECT_EQ(accepted, kFewestPictures + 20 * 2);
  open = true;
  ASSERT_TRUE(fleet->next());
}

TEST(Fleet, NeverHoldsMoreUnfinishedPicturesThanTwiceWhatItsLanesTake) {
  std::atomic<bool> open = false;
  FakeScript script = closed_by(open);
  script.slots = 8;
  const auto fleet = open_fleet({script, script});
  std::size_t accepted = 0;
  Picture picture = picture_of(1);
  while (fleet->try_submit(picture).value()) {
    ++accepted;
    picture = picture_of(1);
  }
  EXPECT_EQ(accepted, 2U * (8 + 8));
  EXPECT_GT(fleet->capacity(), accepted);
  open = true;
}

TEST(Fleet, WithPixelsInTheResultsHoldsNoMoreOfThemThanOfPictures) {
  std::atomic<bool> open = false;
  FleetOptions options = plain_options();
  options.keep_pixels = true;
  const auto fleet = open_fleet({closed_by(open), FakeScript{}}, options);
  EXPECT_EQ(fleet->capacity(), kFewestPictures);
  open = true;
}

TEST(Fleet, ASubmitThatWaitsForRoomGoesOnWhenAPictureIsDone) {
  std::atomic<bool> open = false;
  const auto fleet = open_fleet({closed_by(open)});
  fill(*fleet);
  std::atomic<bool> submitted = false;
  std::thread source([&] {
    EXPECT_TRUE(fleet->submit(picture_of(7)));
    submitted = true;
  });
  std::this_thread::sleep_for(20ms);
  EXPECT_FALSE(submitted);
  open = true;
  ASSERT_TRUE(fleet->next());
  source.join();
  EXPECT_TRUE(submitted);
}

/// One lane, slots full, a fleet full, and a thread that waits to submit one picture more.
class Crowd {
 public:
  Crowd() {
    FakeScript script;
    script.delay = [this](std::uint64_t index) {
      while (index >= may_pass_) {
        std::this_thread::sleep_for(1ms);
      }
      return 0us;
    };
    fleet_ = open_fleet({script});
    fill(*fleet_);
    source_ = std::thread([this] {
      EXPECT_TRUE(fleet_->submit(picture_of(7)));
      submitted_ = true;
    });
    std::this_thread::sleep_for(100ms);  // it waits now
  }
  Crowd(const Crowd&) = delete;
  Crowd& operator=(const Crowd&) = delete;
  ~Crowd() {
    may_pass_ = 1'000'000;
    source_.join();
  }

  /// Lets pictures out of the lane, takes their results, and gives the other thread its time.
  void pass(std::size_t pictures) {
    may_pass_ += pictures;
    for (std::size_t i = 0; i < pictures; ++i) {
      ASSERT_TRUE(fleet_->next());
    }
    std::this_thread::sleep_for(20ms);
  }

  bool submitted() const { return submitted_; }
  bool try_submit() {
    Picture picture = picture_of(8);
    return fleet_->try_submit(picture).value().has_value();
  }

 private:
  std::atomic<std::uint64_t> may_pass_ = 0;
  std::atomic<bool> submitted_ = false;
  std::unique_ptr<Fleet> fleet_;
  std::thread source_;
};

TEST(Fleet, ASubmitThatWaitsIsWokenForAQuarterOfTheRoomAndNotBefore) {
  Crowd crowd;
  crowd.pass(kFewestPictures / 4 - 1);
  EXPECT_FALSE(crowd.submitted());
  crowd.pass(1);
  for (int i = 0; i < 5000 && !crowd.submitted(); ++i) {
    std::this_thread::sleep_for(1ms);
  }
  EXPECT_TRUE(crowd.submitted());
}

TEST(Fleet, NobodyTakesTheRoomThatOthersWaitFor) {
  Crowd crowd;
  crowd.pass(1);
  EXPECT_FALSE(crowd.try_submit());
  EXPECT_FALSE(crowd.submitted());
}

TEST(Fleet, AfterFinishNothingIsTaken) {
  const auto fleet = open_fleet({FakeScript{}});
  fleet->finish();
  const auto submitted = fleet->submit(picture_of(1));
  ASSERT_FALSE(submitted);
  EXPECT_EQ(submitted.error().code, ErrorCode::kCancelled);
  EXPECT_EQ(submitted.error().message, "a picture was submitted after finish()");
  Picture picture = picture_of(1);
  EXPECT_EQ(fleet->try_submit(picture).error().code, ErrorCode::kCancelled);
  EXPECT_FALSE(fleet->next());
}

TEST(Fleet, APicturesErrorStandsInItsPlaceAndTheOthersGoOn) {
  FakeScript script;
  script.error = [](std::uint64_t index) {
    return index % 3 == 1 ? std::optional<Error>(Error{ErrorCode::kMalformed, "bad"})
                          : std::nullopt;
  };
  const auto fleet = open_fleet({script});
  std::thread source = source_of(*fleet, 30);
  for (std::uint64_t i = 0; i < 30; ++i) {
    const auto result = fleet->next();
    ASSERT_TRUE(result);
    EXPECT_EQ(result->error.has_value(), i % 3 == 1) << i;
  }
  source.join();
  EXPECT_EQ(fleet->report().failures, 10U);
}

TEST(Fleet, ATagComesBackWithItsResult) {
  for (const bool ordered : {true, false}) {
    FakeScript script;
    script.delay = mixed_delay;
    FleetOptions options = plain_options();
    options.ordered = ordered;
    const auto fleet = open_fleet({script, script, script}, options);
    std::thread source([&] {
      for (std::uint64_t i = 0; i < 500; ++i) {
        ASSERT_EQ(fleet->submit(picture_of(1), std::to_string(i)).value(), i);
      }
      fleet->finish();
    });
    for (const PictureResult& result : take_all(*fleet)) {
      EXPECT_EQ(std::any_cast<std::string>(result.tag), std::to_string(result.index));
    }
    source.join();
  }
  const auto fleet = open_fleet({FakeScript{}});
  Picture picture = picture_of(1);
  ASSERT_TRUE(fleet->try_submit(picture, 7).value());
  EXPECT_EQ(std::any_cast<int>(fleet->next()->tag), 7);
}

TEST(Fleet, AnErrorMayStandInThePlaceOfAPicture) {
  FakeScript script;
  script.delay = mixed_delay;
  const auto fleet = open_fleet({script, script});
  std::thread source([&] {
    for (std::uint64_t i = 0; i < 300; ++i) {
      const auto ticket = i % 3 == 0 ? fleet->submit_error(Error{ErrorCode::kNotFound, "gone"}, i)
                                     : fleet->submit(picture_of(5), i);
      ASSERT_EQ(ticket.value(), i);
    }
    fleet->finish();
  });
  const auto results = take_all(*fleet);
  source.join();
  ASSERT_EQ(results.size(), 300U);
  for (std::uint64_t i = 0; i < 300; ++i) {
    const PictureResult& result = results[i];
    EXPECT_EQ(result.index, i);
    EXPECT_EQ(std::any_cast<std::uint64_t>(result.tag), i);
    ASSERT_EQ(result.error.has_value(), i % 3 == 0);
    EXPECT_EQ(result.device.empty(), i % 3 == 0);
    EXPECT_TRUE(!result.error || result.error->message == "gone");
  }
  const FleetReport report = fleet->report();
  EXPECT_EQ(report.pictures, 300U);
  EXPECT_EQ(report.failures, 100U);
  EXPECT_EQ(report.devices[0].pictures + report.devices[1].pictures, 200U);
}

TEST(Fleet, AnErrorIsUnderWayUntilItsResultIsTaken) {
  const auto fleet = open_fleet({FakeScript{}});
  for (std::size_t i = 0; i < fleet->capacity(); ++i) {
    ASSERT_TRUE(fleet->submit_error({ErrorCode::kNotFound, "gone"}));
  }
  Picture picture = picture_of(1);
  EXPECT_FALSE(fleet->try_submit(picture).value());
  std::atomic<bool> submitted = false;
  std::thread source([&] {
    EXPECT_TRUE(fleet->submit_error({ErrorCode::kNotFound, "gone"}));
    submitted = true;
  });
  std::this_thread::sleep_for(20ms);
  EXPECT_FALSE(submitted);
  ASSERT_TRUE(fleet->next());
  source.join();
  fleet->finish();
  EXPECT_EQ(fleet->submit_error({ErrorCode::kNotFound, "gone"}).error().code,
            ErrorCode::kCancelled);
}

TEST(Fleet, ABatchWaitsForNoMoreWhereErrorsFillTheFleet) {
  FleetOptions options = plain_options();
  options.max_wait = 1h;
  const auto fleet = open_fleet({fake_device("a", 4, 0us)}, options);
  ASSERT_TRUE(fleet->submit(picture_of(3)));
  for (std::size_t i = 1; i < fleet->capacity(); ++i) {
    ASSERT_TRUE(fleet->submit_error({ErrorCode::kNotFound, "gone"}));
  }
  while (fleet->report().devices.at(0).pictures == 0) {
    std::this_thread::sleep_for(1ms);
  }
  EXPECT_EQ(fleet->next()->width, 3);
}

TEST(Fleet, ReportsWhatEachLaneDid) {
  FakeScript script = fake_device("fake:0", 4, 2ms);
  script.slots = 1;
  script.stages = {{"network", 1.5}};
  script.error = [](std::uint64_t index) {
    return index == 2 ? std::optional<Error>(Error{ErrorCode::kMalformed, "bad"}) : std::nullopt;
  };
  FleetOptions options = plain_options();
  options.max_wait = 1h;
  const auto fleet = open_fleet({script, fake_device("fake:1", 4, 0us)}, options);
  EXPECT_EQ(fleet->report().seconds, 0.0);
  for (std::size_t i = 0; i < 8; ++i) {
    ASSERT_TRUE(fleet->submit(picture_of(i)));
  }
  fleet->finish();
  take_all(*fleet);
  const FleetReport report = fleet->report();
  EXPECT_EQ(report.pictures, 8U);
  EXPECT_GE(report.seconds, 0.002);
  EXPECT_EQ(report.seconds, fleet->report().seconds) << "nothing is under way";
  ASSERT_EQ(report.devices.size(), 2U);
  for (const DeviceReport& device : report.devices) {
    EXPECT_FALSE(device.error);
    EXPECT_EQ(device.pictures, 4U);
    EXPECT_EQ(device.batches, 1U);
    EXPECT_EQ(device.mean_batch, 4.0);
    EXPECT_EQ(device.share, 0.5);
    EXPECT_LE(device.queue_seconds, report.seconds);
  }
  EXPECT_EQ(report.devices[0].device, "fake:0");
  EXPECT_EQ(report.failures, 1U);
  EXPECT_EQ(report.devices[0].failures, 1U);
  EXPECT_EQ(report.devices[1].failures, 0U);
  EXPECT_GE(report.devices[0].busy_seconds, 0.002);
  ASSERT_EQ(report.devices[0].stages.size(), 1U);
  EXPECT_EQ(report.devices[0].stages[0].stage, "network");
  EXPECT_TRUE(report.devices[1].stages.empty());
}

}  // namespace
}  // namespace yolofleet::fleet
