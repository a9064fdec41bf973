// Many threads at once; ThreadSanitizer looks at these above all.

#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <set>
#include <thread>

#include "fleet/support.hpp"

namespace yolofleet::fleet {
namespace {

using namespace std::chrono_literals;
using testing::fake_device;
using testing::FakeScript;
using testing::mixed_delay;
using testing::open_fleet;
using testing::picture_of;
using testing::plain_options;
using testing::source_of;
using testing::take_all;

FakeScript mixed(std::size_t batch) {
  FakeScript script;
  script.batch = batch;
  script.delay = mixed_delay;
  return script;
}

/// Submits pictures from `sources` threads, takes results in `takers` threads, and checks that each
/// result came exactly once.
void run_threads(std::size_t sources, std::size_t takers, bool ordered) {
  FleetOptions options = plain_options();
  options.ordered = ordered;
  options.max_wait = 1ms;
  const auto fleet = open_fleet({mixed(1), mixed(4), mixed(16)}, options);
  constexpr std::size_t kEach = 40;
  std::vector<std::thread> submitting;
  for (std::size_t i = 0; i < sources; ++i) {
    submitting.emplace_back([&, i] {
      for (std::size_t j = 0; j < kEach; ++j) {
        Picture picture = picture_of(1);
        if (i % 2 == 0 || !fleet->try_submit(picture).value()) {
          ASSERT_TRUE(fleet->submit(std::move(picture)));
        }
      }
    });
  }
  std::mutex mutex;
  std::set<std::uint64_t> seen;
  std::vector<std::thread> taking;
  for (std::size_t i = 0; i < takers; ++i) {
    taking.emplace_back([&] {
      std::uint64_t last = 0;
      while (const auto result = fleet->next()) {
        EXPECT_TRUE(!ordered || last <= result->index);
        last = result->index;
        (void)fleet->report();
        const std::lock_guard lock{mutex};
        EXPECT_TRUE(seen.insert(result->index).second);
      }
    });
  }
  for (std::thread& thread : submitting) {
    thread.join();
  }
  fleet->finish();
  for (std::thread& thread : taking) {
    thread.join();
  }
  EXPECT_EQ(seen.size(), sources * kEach);
  EXPECT_EQ(*seen.rbegin(), sources * kEach - 1);
  EXPECT_EQ(fleet->report().pictures, sources * kEach);
}

TEST(Threads, ManyMaySubmitAndTake) {
  run_threads(16, 4, true);
  run_threads(16, 4, false);
}

TEST(Threads, SixtyFourMaySubmitToOneThatTakes) {
  run_threads(64, 1, true);
}

TEST(Threads, OneMaySubmitToMoreThanThereAreResults) {
  run_threads(1, 16, false);
}

TEST(Threads, ASlowSourceAndASlowSinkLoseNothing) {
  for (const bool slow_source : {true, false}) {
    const auto fleet = open_fleet({mixed(4), mixed(1)});
    constexpr std::size_t kCount = 200;
    std::thread source([&] {
      for (std::size_t i = 0; i < kCount; ++i) {
        if (slow_source && i % 8 == 0) {
          std::this_thread::sleep_for(1ms);
        }
        ASSERT_TRUE(fleet->submit(picture_of(1)));
      }
      fleet->finish();
    });
    for (std::size_t i = 0; i < kCount; ++i) {
      if (!slow_source && i % 8 == 0) {
        std::this_thread::sleep_for(1ms);
      }
      ASSERT_EQ(fleet->next()->index, i);
    }
    EXPECT_FALSE(fleet->next());
    source.join();
  }
}

TEST(Threads, FinishWakesEverySubmitThatWaits) {
  const auto fleet = open_fleet({fake_device("a", 2, 1ms)});
  std::atomic<std::size_t> accepted = 0;
  std::atomic<int> refused = 0;
  std::vector<std::thread> sources;
  for (int i = 0; i < 8; ++i) {
    sources.emplace_back([&] {
      for (;;) {
        const auto submitted = fleet->submit(picture_of(1));
        if (!submitted) {
          EXPECT_EQ(submitted.error().code, ErrorCode::kCancelled);
          ++refused;
          return;
        }
        ++accepted;
      }
    });
  }
  while (accepted < fleet->capacity()) {
    std::this_thread::sleep_for(1ms);
  }
  fleet->finish();  // while it is full
  for (std::thread& source : sources) {
    source.join();
  }
  EXPECT_EQ(refused, 8);
  EXPECT_EQ(take_all(*fleet).size(), accepted);
}

TEST(Threads, FinishWakesEveryoneWhoWaitsForAResult) {
  const auto fleet = open_fleet({FakeScript{}});
  std::vector<std::thread> takers;
  for (int i = 0; i < 8; ++i) {
    takers.emplace_back([&] { EXPECT_FALSE(fleet->next()); });
  }
  std::this_thread::sleep_for(5ms);
  fleet->finish();
  for (std::thread& taker : takers) {
    taker.join();
  }
}

TEST(Threads, MayBeDestroyedWhileBusy) {
  for (int round = 0; round < 40; ++round) {
    FleetOptions options = plain_options();
    options.max_wait = round % 2 == 0 ? 0ms : 1ms;
    const auto fleet = open_fleet({fake_device("a", 1, 300us), fake_device("b", 4, 1ms)}, options);
    Picture picture = picture_of(1);
    while (fleet->try_submit(picture).value()) {
      picture = picture_of(1);
    }
  }
}

TEST(Threads, MayBeDestroyedWithoutHavingDoneAnything) {
  for (int round = 0; round < 40; ++round) {
    open_fleet({FakeScript{}, FakeScript{}});
  }
}

}  // namespace
}  // namespace yolofleet::fleet
