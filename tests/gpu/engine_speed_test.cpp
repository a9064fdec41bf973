// The speed of the network alone, without the lane around it.

#include "backend/tensorrt/engine_speed.hpp"

#include <gmock/gmock.h>

#include <iostream>

#include "gpu/lane_fixture.hpp"
#include "gpu/open.hpp"

namespace yolofleet::backend::tensorrt {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::lane_model;

class EngineSpeedOfAGpu : public testing::GpuTest {
 protected:
  CudaDevice card() const {
    return list_cuda_devices().value().at(static_cast<std::size_t>(device()));
  }
  static Options options(int batch) {
    Options options;
    options.engine_cache = (std::filesystem::path{::testing::TempDir()} / "engines").string();
    options.build_level = 0;
    options.batch = batch;
    return options;
  }
};

TEST_F(EngineSpeedOfAGpu, IsMeasuredOnTheDeviceThatIsMeant) {
  cuda::check(cudaSetDevice(0));  // the wrong one where there are two
  const SpeedRun run{std::chrono::duration<double>{0.1}, std::chrono::duration<double>{0.3}};
  for (const Precision precision : {Precision::kFp16, Precision::kFp32}) {
    Options with = options(8);
    with.precision = precision;
    const auto speed = testing::gpu_device(device())->measure({lane_model().network(), with}, run);
    ASSERT_TRUE(speed) << speed.error().message;
    std::cout << speed->description << ": " << speed->per_second << " pictures/s\n";
    EXPECT_GT(speed->per_second, 0);
    EXPECT_EQ(speed->batch, 8U);
    EXPECT_GT(speed->batches, 0U);
    EXPECT_EQ(speed->device, id_of(card()));
    EXPECT_THAT(speed->description, HasSubstr("the network alone"));
    EXPECT_THAT(speed->warnings, IsEmpty());
  }
  int current = -1;
  cuda::check(cudaGetDevice(&current));
  EXPECT_EQ(current, 0);
}

TEST_F(EngineSpeedOfAGpu, RefusesWhatGpusDontComputeIn) {
  Options with = options(8);
  with.precision = Precision::kBf16;
  const auto speed = testing::gpu_device(device())->measure({lane_model().network(), with}, {});
  ASSERT_FALSE(speed);
  EXPECT_EQ(speed.error().code, ErrorCode::kUnsupported);
}

TEST_F(EngineSpeedOfAGpu, ALaneHasAsManySlotsAsAreAskedFor) {
  for (const int slots : {0, 2, 7}) {
    Options with = options(4);
    with.slots = slots;
    std::vector<std::string> warnings;
    const CudaDevice card = this->card();
    const auto lane = testing::open_lane_on(
        card, {lane_model().network(), with}, [](const auto&, const auto&) {}, warnings);
    ASSERT_TRUE(lane) << lane.error().message;
    EXPECT_EQ((*lane)->info().slots, slots == 0 ? 5U : static_cast<std::size_t>(slots));
  }
}

}  // namespace
}  // namespace yolofleet::backend::tensorrt
