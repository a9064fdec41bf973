#include "cuda/device_guard.hpp"

#include <gmock/gmock.h>

namespace yolofleet::cuda {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr int kNoSuchDevice = 1'000'000;

TEST(DeviceThatIsntThere, RunsNoWork) {
  bool run = false;
  const auto work = [&] { run = true; };
  EXPECT_THROW(with_device(kNoSuchDevice, work), CudaError);
  clean_up_with_device(kNoSuchDevice, work);
  EXPECT_FALSE(run);
}

TEST(DeviceThatIsntThere, IsAnErrorOfWhatGivesAResult) {
  bool run = false;
  const auto result = try_with_device(kNoSuchDevice, [&]() -> Result<int> {
    run = true;
    return 1;
  });
  ASSERT_FALSE(result);
  EXPECT_FALSE(run);
  EXPECT_EQ(result.error().code, ErrorCode::kDevice);
  EXPECT_THAT(result.error().message,
              AllOf(StartsWith("cuda:1000000: "), HasSubstr(" in with_device, line ")));
}

TEST(ErrorOf, SaysWhereAndWhat) {
  const Error memory = error_of({cudaErrorMemoryAllocation, "here", 7}, "cuda:3");
  EXPECT_EQ(memory.code, ErrorCode::kTooLarge);
  EXPECT_EQ(memory.message, "cuda:3: out of memory (cudaErrorMemoryAllocation) in here, line 7");
  const Error device = error_of({cudaErrorIllegalAddress, "here", 7}, "pixels");
  EXPECT_EQ(device.code, ErrorCode::kDevice);
  EXPECT_THAT(device.message, StartsWith("pixels: an illegal memory access"));
}

}  // namespace
}  // namespace yolofleet::cuda
