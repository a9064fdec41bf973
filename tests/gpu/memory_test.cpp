// A device with too little memory.

#include <gmock/gmock.h>

#include <filesystem>

#include "backend/tensorrt/engine_speed.hpp"
#include "backend/test_network.hpp"
#include "gpu/lane_fixture.hpp"
#include "gpu/open.hpp"

namespace yolofleet::backend::tensorrt {
namespace {

using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr std::size_t kMiB = std::size_t{1} << 20U;

class NoMemory : public testing::GpuTest {
 protected:
  Result<std::unique_ptr<Lane>> open(int batch) {
    Options options;
    options.batch = batch;
    options.build_level = 0;
    options.engine_cache =
        (std::filesystem::path{::testing::TempDir()} / "memory_engines").string();
    warnings_.clear();
    const CudaDevice card = list_cuda_devices().value().at(static_cast<std::size_t>(device()));
    return testing::open_lane_on(
        card, {testing::lane_model().network(), options},
        [](std::vector<PictureResult>, std::vector<Job>) {}, warnings_);
  }

  std::vector<std::string> warnings_;
};

TEST_F(NoMemory, IsSaidWithWhatIsNeededOrSmallerBatchesAreChosen) {
  for (const int batch : {16, 8, 4, 2, 1}) {  // so that no engine has to be built below
    ASSERT_TRUE(open(batch)) << batch;
  }
  constexpr std::size_t kLeft = 150 * kMiB;  // the slots' pixels alone take 475 MiB
  const cuda::DeviceBuffer taken{device(), cuda::free_bytes(device()) - kLeft};

  const auto refused = open(16);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kTooLarge);
  EXPECT_THAT(refused.error().message, HasSubstr("batches of up to 16 need"));
  EXPECT_THAT(refused.error().message, HasSubstr("would fit"));

  const auto smaller = open(0);
  ASSERT_TRUE(smaller) << smaller.error().message;
  EXPECT_LE((*smaller)->info().batch, 4U);  // 30 MiB a picture
  EXPECT_THAT(warnings_, SizeIs(1));        // the batch that fits is tried at once, not 8 first
  EXPECT_THAT(warnings_, Each(HasSubstr("trying batches of up to")));
}

TEST_F(NoMemory, OfTheNetworkAloneMakesBatchesSmallerToo) {
  TestNetwork built({3, 640, 640});
  built.convolution(64);  // 52 MB a picture; two of them at once on two streams
  built.convolution(64);
  graph::Convolution cells;
  cells.filters = 6;
  cells.size = 32;
  cells.stride_x = cells.stride_y = 32;
  built.convolution(cells);
  built.head();
  const graph::Network network = built.network();
  const auto measure = [&](int batch) {
    Options options;
    options.batch = batch;
    options.build_level = 0;
    options.engine_cache =
        (std::filesystem::path{::testing::TempDir()} / "memory_engines").string();
    return testing::gpu_device(device())->measure(
        {network, options}, {std::chrono::milliseconds{10}, std::chrono::milliseconds{10}});
  };
  for (const int batch : {16, 8, 4, 2, 1}) {  // so that no engine has to be built below
    const auto speed = measure(batch);
    ASSERT_TRUE(speed) << speed.error().message;
  }
  constexpr std::size_t kLeft = 700 * kMiB;  // batches of 16 take 1.6 GiB at least
  const cuda::DeviceBuffer taken{device(), cuda::free_bytes(device()) - kLeft};

  const auto refused = measure(16);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kTooLarge);

  const auto smaller = measure(0);
  ASSERT_TRUE(smaller) << smaller.error().message;
  EXPECT_LT(smaller->batch, 16U);
  EXPECT_GT(smaller->per_second, 0);
  EXPECT_THAT(smaller->warnings, Not(IsEmpty()));
  EXPECT_THAT(smaller->warnings, Each(HasSubstr("trying batches of up to")));
}

}  // namespace
}  // namespace yolofleet::backend::tensorrt
