#include "fleet/fleet.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <set>
#include <thread>

#include "base/fail.hpp"
#include "fleet/fake_lane.hpp"

namespace yolofleet::fleet {
namespace {

using namespace std::chrono_literals;
using testing::FakeLane;
using testing::FakeScript;

OpenLane fake(const FakeScript& script) {
  return [script](const backend::OnFinished& on_finished) {
    return Result<std::unique_ptr<backend::Lane>>(std::make_unique<FakeLane>(script, on_finished));
  };
}

std::unique_ptr<Fleet> open(const std::vector<FakeScript>& scripts) {
  std::vector<OpenLane> lanes;
  for (const FakeScript& script : scripts) {
    lanes.push_back(fake(script));
  }
  return Fleet::open(lanes).value();
}

Picture picture_of(std::size_t bytes) {
  return EncodedImage(bytes);
}

/// Delays that differ from picture to picture, the same in every run.
std::chrono::microseconds mixed_delay(std::uint64_t index) {
  return std::chrono::microseconds{(index * 2654435761U) % 300};
}

TEST(Fleet, GivesResultsInTheOrderOfSubmissionWhateverTheLanesDo) {
  FakeScript script;
  script.delay = mixed_delay;
  const auto fleet = open({script, script, script, script});
  constexpr std::size_t kCount = 2000;
  std::thread source([&] {
    for (std::size_t i = 0; i < kCount; ++i) {
      ASSERT_TRUE(fleet->submit(picture_of(i % 97)));
    }
    fleet->finish();
  });
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

TEST(Fleet, FormsBatchesUpToTheLanesSize) {
  FakeScript script;
  script.batch = 4;
  script.slots = 1;
  script.delay = [](std::uint64_t) { return 2ms; };
  const auto fleet = open({script});
  EXPECT_EQ(fleet->capacity(), 8U);
  for (std::size_t i = 0; i < 8; ++i) {
    ASSERT_TRUE(fleet->submit(picture_of(i)));
  }
  fleet->finish();
  int count = 0;
  while (const auto result = fleet->next()) {
    EXPECT_EQ(result->width, count++);
  }
  EXPECT_EQ(count, 8);
}

TEST(Fleet, RefusesToTakeMoreThanItsCapacity) {
  FakeScript script;
  const auto fleet = open({script});
  for (std::size_t i = 0; i < fleet->capacity(); ++i) {
    Picture picture = picture_of(i);
    ASSERT_TRUE(fleet->try_submit(picture).value());
  }
  Picture one_more = picture_of(42);
  EXPECT_FALSE(fleet->try_submit(one_more).value());
  EXPECT_EQ(std::get<EncodedImage>(one_more).size(), 42U) << "it must be left alone";
  ASSERT_TRUE(fleet->next());
  EXPECT_TRUE(fleet->try_submit(one_more).value());
}

TEST(Fleet, ASubmitThatWaitsForRoomGoesOnWhenAResultIsTaken) {
  const auto fleet = open({FakeScript{}});
  for (std::size_t i = 0; i < fleet->capacity(); ++i) {
    ASSERT_TRUE(fleet->submit(picture_of(i)));
  }
  std::atomic<bool> submitted = false;
  std::thread source([&] {
    EXPECT_TRUE(fleet->submit(picture_of(7)));
    submitted = true;
  });
  std::this_thread::sleep_for(20ms);
  EXPECT_FALSE(submitted);
  ASSERT_TRUE(fleet->next());
  source.join();
  EXPECT_TRUE(submitted);
}

TEST(Fleet, AfterFinishNothingIsTaken) {
  const auto fleet = open({FakeScript{}});
  fleet->finish();
  const auto submitted = fleet->submit(picture_of(1));
  ASSERT_FALSE(submitted);
  EXPECT_EQ(submitted.error().code, ErrorCode::kCancelled);
  EXPECT_EQ(submitted.error().message, "a picture was submitted after finish()");
  Picture picture = picture_of(1);
  EXPECT_EQ(fleet->try_submit(picture).error().code, ErrorCode::kCancelled);
  EXPECT_FALSE(fleet->next());
}

TEST(Fleet, FinishWakesASubmitThatWaits) {
  const auto fleet = open({FakeScript{}});
  for (std::size_t i = 0; i < fleet->capacity(); ++i) {
    ASSERT_TRUE(fleet->submit(picture_of(i)));
  }
  std::thread source([&] {
    const auto submitted = fleet->submit(picture_of(0));
    ASSERT_FALSE(submitted);
    EXPECT_EQ(submitted.error().code, ErrorCode::kCancelled);
  });
  std::this_thread::sleep_for(5ms);
  fleet->finish();
  source.join();
}

TEST(Fleet, APicturesErrorStandsInItsPlaceAndTheOthersGoOn) {
  FakeScript script;
  script.error = [](std::uint64_t index) {
    return index % 3 == 1 ? std::optional<Error>(Error{ErrorCode::kMalformed, "bad"})
                          : std::nullopt;
  };
  const auto fleet = open({script});
  std::thread source([&] {
    for (std::size_t i = 0; i < 30; ++i) {
      ASSERT_TRUE(fleet->submit(picture_of(i)));
    }
    fleet->finish();
  });
  for (std::uint64_t i = 0; i < 30; ++i) {
    const auto result = fleet->next();
    ASSERT_TRUE(result);
    EXPECT_EQ(result->error.has_value(), i % 3 == 1) << i;
  }
  source.join();
}

TEST(Fleet, AFasterLaneDoesMore) {
  FakeScript fast;
  fast.device = "fast";
  fast.delay = [](std::uint64_t) { return 1ms; };
  FakeScript slow;
  slow.device = "slow";
  slow.delay = [](std::uint64_t) { return 10ms; };
  const auto fleet = open({slow, fast});
  std::thread source([&] {
    for (std::size_t i = 0; i < 200; ++i) {
      ASSERT_TRUE(fleet->submit(picture_of(i)));
    }
    fleet->finish();
  });
  std::map<std::string, int> share;
  while (const auto result = fleet->next()) {
    ++share[result->device];
  }
  source.join();
  EXPECT_GT(share["fast"], 2 * share["slow"]);
  EXPECT_GT(share["slow"], 0);
}

TEST(Fleet, ManyThreadsMaySubmitAndTake) {
  FakeScript script;
  script.delay = mixed_delay;
  const auto fleet = open({script, script});
  constexpr std::size_t kThreads = 16;
  constexpr std::size_t kEach = 50;
  std::vector<std::thread> sources;
  for (std::size_t t = 0; t < kThreads; ++t) {
    sources.emplace_back([&] {
      for (std::size_t i = 0; i < kEach; ++i) {
        ASSERT_TRUE(fleet->submit(picture_of(1)));
      }
    });
  }
  std::mutex mutex;
  std::set<std::uint64_t> seen;
  std::vector<std::thread> takers;
  for (std::size_t t = 0; t < 4; ++t) {
    takers.emplace_back([&] {
      while (const auto result = fleet->next()) {
        const std::lock_guard lock{mutex};
        seen.insert(result->index);
      }
    });
  }
  for (std::thread& source : sources) {
    source.join();
  }
  fleet->finish();
  for (std::thread& taker : takers) {
    taker.join();
  }
  EXPECT_EQ(seen.size(), kThreads * kEach);
  EXPECT_EQ(*seen.rbegin(), kThreads * kEach - 1);
}

TEST(Fleet, MayBeDestroyedWhileBusy) {
  FakeScript script;
  script.delay = [](std::uint64_t) { return 1ms; };
  for (int round = 0; round < 20; ++round) {
    const auto fleet = open({script, script});
    for (std::size_t i = 0; i < fleet->capacity(); ++i) {
      ASSERT_TRUE(fleet->submit(picture_of(i)));
    }
  }
}

TEST(Fleet, ALaneThatCantBeOpenedIsTheError) {
  const OpenLane broken = [](const backend::OnFinished&) -> Result<std::unique_ptr<backend::Lane>> {
    return base::fail(ErrorCode::kDevice, "no such luck");
  };
  const auto fleet = Fleet::open({fake(FakeScript{}), broken});
  ASSERT_FALSE(fleet);
  EXPECT_EQ(fleet.error().message, "no such luck");
}

}  // namespace
}  // namespace yolofleet::fleet
