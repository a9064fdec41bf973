#include "backend/tensorrt/engine/build_clock.hpp"

#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>
#include <vector>

namespace yolofleet::backend::tensorrt {
namespace {

using std::chrono::milliseconds;

/// Keeps what it is told, and lets others wait for it.
class Listener {
 public:
  OnBuild on_build() {
    return [this](const BuildProgress& progress) {
      const std::lock_guard lock{mutex_};
      told_.push_back(progress);
      more_.notify_all();
    };
  }
  void wait_for(std::size_t calls) {
    std::unique_lock lock{mutex_};
    more_.wait(lock, [&] { return told_.size() >= calls; });
  }
  std::vector<BuildProgress> told() {
    const std::lock_guard lock{mutex_};
    return told_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable more_;
  std::vector<BuildProgress> told_;
};

TEST(BuildClock, TellsAtOnceAgainAndAtTheEnd) {
  Listener listener;
  const OnBuild on_build = listener.on_build();
  {
    BuildClock clock{on_build, {"cuda:3", 0, true}, milliseconds{1}};
    listener.wait_for(3);
    clock.went_well();
  }
  const auto told = listener.told();
  ASSERT_GE(told.size(), 4U);
  for (std::size_t i = 0; i < told.size(); ++i) {
    EXPECT_EQ(told[i].device, "cuda:3");
    EXPECT_TRUE(told[i].waiting);
    EXPECT_EQ(told[i].done, i + 1 == told.size());
    EXPECT_FALSE(told[i].failed);
    EXPECT_GE(told[i].seconds, i == 0 ? 0 : told[i - 1].seconds);
  }
  EXPECT_GE(told.back().seconds, 0.002);
}

TEST(BuildClock, IsToldOfAShortBuildTwiceAndIsntWaitedFor) {
  Listener listener;
  const OnBuild on_build = listener.on_build();
  const auto start = std::chrono::steady_clock::now();
  { const BuildClock clock{on_build, {"cuda:0"}, std::chrono::hours{1}}; }
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::minutes{1});
  const auto told = listener.told();
  ASSERT_EQ(told.size(), 2U);
  EXPECT_FALSE(told[0].done);
  EXPECT_FALSE(told[0].failed);
  EXPECT_TRUE(told[1].done);
  EXPECT_TRUE(told[1].failed) << "nobody said that it went well";
}

TEST(BuildClock, NobodyToTellIsNoMatter) {
  const OnBuild nobody;
  const BuildClock clock{nobody, {"cuda:0"}};
}

}  // namespace
}  // namespace yolofleet::backend::tensorrt
