#include "backend/cpu/engine_speed.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "backend/cpu/fake_executor.hpp"

namespace yolofleet::backend::cpu {
namespace {

using namespace std::chrono_literals;

class CpuEngineSpeed : public ::testing::Test {
 protected:
  CpuEngineSpeed() {
    script_.input_size = 12;
    script_.on_infer = [](int) {
      std::this_thread::sleep_for(10ms);
      return Result<void>{};
    };
  }

  Result<DeviceSpeed> measure(int streams) {
    CpuEngine engine;
    engine.executor = fake_executor(script_);
    engine.description = "cpu: fake";
    engine.streams = streams;
    return measure_engine(engine, {20ms, 100ms});
  }

  Script script_;
};

TEST_F(CpuEngineSpeed, IsThatOfAllThreads) {
  const auto speed = measure(3);
  ASSERT_TRUE(speed) << speed.error().message;
  EXPECT_EQ(speed->device, "cpu");
  EXPECT_EQ(speed->description, "cpu: fake");
  EXPECT_EQ(speed->slots, 3U);
  EXPECT_EQ(speed->batches, static_cast<std::uint64_t>(script_.infers));
  EXPECT_GT(speed->per_second, 1 / 0.01) << "more than one thread could do";
  EXPECT_LE(speed->per_second, 3 / 0.01);
}

TEST_F(CpuEngineSpeed, TheNetworkSeesNoZeros) {
  ASSERT_TRUE(measure(1));
  const std::vector<float>& input = script_.inputs.at(0);
  EXPECT_EQ(input.size(), 12U);
  EXPECT_TRUE(std::all_of(input.begin(), input.end(), [](float v) { return v > 0 && v <= 1; }));
}

TEST_F(CpuEngineSpeed, HandsOutWhatFails) {
  script_.requests_that_work = 1;
  EXPECT_FALSE(measure(2));
  script_.requests_that_work = 1000;
  script_.on_infer = [](int before) -> Result<void> {
    return before < 3 ? Result<void>{} : tl::unexpected(Error{ErrorCode::kDevice, "it broke"});
  };
  const auto speed = measure(1);
  ASSERT_FALSE(speed);
  EXPECT_EQ(speed.error().message, "it broke");
}

}  // namespace
}  // namespace yolofleet::backend::cpu
