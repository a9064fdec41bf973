#include "backend/tensorrt/lane/sampled_times.hpp"

#include <gtest/gtest.h>

namespace yolofleet::backend::tensorrt {
namespace {

using std::chrono::nanoseconds;

/// A sample of a batch with this time in the network and ten times that for the boxes.
CudaTimes::Sample taking(int time) {
  CudaTimes::Sample times{};
  times[static_cast<std::size_t>(CudaStage::kNetwork)] = nanoseconds{time};
  times[static_cast<std::size_t>(CudaStage::kMakeBoxes)] = nanoseconds{10 * time};
  return times;
}

TEST(SampledTimes, CountEveryBatchAtOnce) {
  SampledTimes times;
  EXPECT_EQ(times.sum(), taking(0));
  times.add(taking(1));
  EXPECT_EQ(times.sum(), taking(1));
  times.add();
  times.add();
  EXPECT_EQ(times.sum(), taking(3)) << "an untimed batch counts as the last measured one";
  times.add(taking(7));
  EXPECT_EQ(times.sum(), taking(3 + 7));
  times.add(taking(5));
  EXPECT_EQ(times.sum(), taking(3 + 7 + 5));
  times.add();
  EXPECT_EQ(times.sum(), taking(3 + 7 + 2 * 5));
}

TEST(SampledTimes, NeverDecrease) {
  SampledTimes times;
  times.add(taking(100));
  for (int i = 0; i < 4; ++i) {
    times.add();
  }
  EXPECT_EQ(times.sum(), taking(500));
  times.add(taking(10));
  EXPECT_EQ(times.sum(), taking(510)) << "earlier batches keep their times";
}

TEST(SampledTimes, TheFirstMeasuredBatchStandsForThoseBeforeIt) {
  SampledTimes times;
  times.add();
  times.add();
  EXPECT_EQ(times.sum(), taking(0));
  times.add(taking(4));
  EXPECT_EQ(times.sum(), taking(12));
}

TEST(SampledTimes, AreReportedTogetherWithTheHosts) {
  CudaTimes host;
  host.add(CudaStage::kHost, nanoseconds{3});
  host.add(CudaStage::kNetwork, nanoseconds{100});
  SampledTimes device;
  device.add(taking(20));
  const auto stages = host.report(kCudaStageNames, device.sum());
  const auto seconds = [&](CudaStage stage) {
    return stages.at(static_cast<std::size_t>(stage)).seconds;
  };
  EXPECT_DOUBLE_EQ(seconds(CudaStage::kHost), 3e-9);
  EXPECT_DOUBLE_EQ(seconds(CudaStage::kNetwork), 120e-9);
  EXPECT_DOUBLE_EQ(seconds(CudaStage::kMakeBoxes), 200e-9);
  EXPECT_DOUBLE_EQ(seconds(CudaStage::kUpload), 0);
}

}  // namespace
}  // namespace yolofleet::backend::tensorrt
