#include "backend/tensorrt/engine/build_clock.hpp"

#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>
#include <vector>

namespace yolofleet::backend::tensorrt {
namespace {

using std::chrono::milliseconds;

/// Keeps the reports, and lets the test wait for them.
class Listener {
 public:
  OnBuild on_build() {
    return [this](const BuildProgress& progress) {
      const std::lock_guard lock{mutex_};
      reports_.push_back(progress);
      more_.notify_all();
    };
  }
  void wait_for(std::size_t calls) {
    std::unique_lock lock{mutex_};
    more_.wait(lock, [&] { return reports_.size() >= calls; });
  }
  std::vector<BuildProgress> reports() {
    const std::lock_guard lock{mutex_};
    return reports_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable more_;
  std::vector<BuildProgress> reports_;
};

TEST(BuildClock, ReportsAtOnceRepeatedlyAndAtTheEnd) {
  Listener listener;
  const OnBuild on_build = listener.on_build();
  {
    BuildClock clock{on_build, {"cuda:3", 0, true}, milliseconds{1}};
    listener.wait_for(3);
    clock.went_well();
  }
  const auto reports = listener.reports();
  ASSERT_GE(reports.size(), 4U);
  for (std::size_t i = 0; i < reports.size(); ++i) {
    EXPECT_EQ(reports[i].device, "cuda:3");
    EXPECT_TRUE(reports[i].waiting);
    EXPECT_EQ(reports[i].done, i + 1 == reports.size());
    EXPECT_FALSE(reports[i].failed);
    EXPECT_GE(reports[i].seconds, i == 0 ? 0 : reports[i - 1].seconds);
  }
  EXPECT_GE(reports.back().seconds, 0.002);
}

TEST(BuildClock, ReportsAShortBuildTwiceWithoutWaitingForTheInterval) {
  Listener listener;
  const OnBuild on_build = listener.on_build();
  const auto start = std::chrono::steady_clock::now();
  { const BuildClock clock{on_build, {"cuda:0"}, std::chrono::hours{1}}; }
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::minutes{1});
  const auto reports = listener.reports();
  ASSERT_EQ(reports.size(), 2U);
  EXPECT_FALSE(reports[0].done);
  EXPECT_FALSE(reports[0].failed);
  EXPECT_TRUE(reports[1].done);
  EXPECT_TRUE(reports[1].failed) << "nobody said that it went well";
}

TEST(BuildClock, WorksWithoutAListener) {
  const OnBuild nobody;
  const BuildClock clock{nobody, {"cuda:0"}};
}

}  // namespace
}  // namespace yolofleet::backend::tensorrt
