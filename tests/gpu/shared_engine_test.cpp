// Equal devices that are opened together without an engine cache.

#include <algorithm>
#include <thread>

#include "backend/tensorrt/engine/shared.hpp"
#include "gpu/lane_fixture.hpp"
#include "gpu/open.hpp"

namespace yolofleet::backend::tensorrt {
namespace {

using testing::lane_model;
using LaneResult = Result<std::unique_ptr<Lane>>;

class SharedEngineOfGpus : public testing::GpuTest {
 protected:
  void SetUp() override {
    GpuTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) {
      return;
    }
    cards_ = list_cuda_devices().value();
    const CudaDevice first = cards_.front();
    cards_.erase(
        std::remove_if(cards_.begin(), cards_.end(),
                       [&](const CudaDevice& card) { return kind_of(card) != kind_of(first); }),
        cards_.end());
    options_.batch = 4;
    options_.build_level = 0;
    options_.use_engine_cache = false;
    options_.on_build = [this](const BuildProgress& progress) {
      const std::lock_guard lock{mutex_};
      builds_ += progress.done && !progress.waiting;
    };
  }

  /// Opens all of them at once, `shared` or each for itself.
  std::vector<LaneResult> open(SharedEngines* shared) {
    std::vector<LaneResult> lanes(cards_.size());
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < cards_.size(); ++i) {
      threads.emplace_back([&, i] {
        std::vector<std::string> warnings;
        lanes[i] = testing::open_lane_on(
            cards_[i], {lane_model().network(), options_}, [](const auto&, const auto&) {},
            warnings, shared);
      });
    }
    for (std::thread& thread : threads) {
      thread.join();
    }
    return lanes;
  }

  std::vector<CudaDevice> cards_;
  Options options_;
  std::mutex mutex_;
  int builds_ = 0;
};

TEST_F(SharedEngineOfGpus, IsBuiltOnceAndOfOneKind) {
  if (cards_.size() < 2) {
    GTEST_SKIP() << "needs two GPUs of a kind";
  }
  SharedEngines shared;
  const auto lanes = open(&shared);
  for (const LaneResult& lane : lanes) {
    ASSERT_TRUE(lane) << lane.error().message;
    EXPECT_EQ((*lane)->info().kind, (*lanes[0])->info().kind);
    EXPECT_NE((*lane)->info().kind, (*lane)->info().device);
  }
  EXPECT_EQ(builds_, 1);
}

TEST_F(SharedEngineOfGpus, WithoutItEachBuildsItsOwn) {
  const auto lanes = open(nullptr);
  for (const LaneResult& lane : lanes) {
    ASSERT_TRUE(lane) << lane.error().message;
    EXPECT_EQ((*lane)->info().kind, (*lane)->info().device);
  }
  EXPECT_EQ(builds_, static_cast<int>(cards_.size()));
}

}  // namespace
}  // namespace yolofleet::backend::tensorrt
