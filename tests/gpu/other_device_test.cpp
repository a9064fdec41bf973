// Work on one device doesn't touch the others. Runs in a process of its own (ci/gpu's part
// `alone`), since other tests use the first device.

#include <future>

#include "backend/tensorrt/lane/pinned_memory.hpp"
#include "cuda/device_guard.hpp"
#include "gpu/engine.hpp"
#include "gpu/lane_fixture.hpp"
#include "gpu/open.hpp"

namespace yolofleet::backend::tensorrt {
namespace {

using testing::value_of;

/// Whether this process has a context on the device: some hundred MiB there.
bool has_context(int device) {
  void* function = nullptr;
  cudaDriverEntryPointQueryResult found{};
  cuda::check(cudaGetDriverEntryPointByVersion("cuDevicePrimaryCtxGetState", &function, 12000,
                                               cudaEnableDefault, &found));
  unsigned flags = 0;
  int active = 0;
  // CUresult cuDevicePrimaryCtxGetState(CUdevice, unsigned*, int*)
  const auto state = reinterpret_cast<int (*)(int, unsigned*, int*)>(function);
  EXPECT_EQ(state(device, &flags, &active), 0);
  return active != 0;
}

class OtherDevice : public testing::GpuTest {
 protected:
  void SetUp() override {
    GpuTest::SetUp();
    if (!IsSkipped() && device() == 0) {
      GTEST_SKIP() << "there is no other device than the first";
    }
    if (!IsSkipped() && has_context(0)) {
      GTEST_SKIP() << "another test of this process has used the first device; see ci/gpu";
    }
  }
};

TEST_F(OtherDevice, NothingIsMadeOnTheFirst) {
  Options options;
  options.batch = 2;
  options.build_level = 0;
  options.use_engine_cache = false;
  const CudaDevice card = value_of(list_cuda_devices()).at(static_cast<std::size_t>(device()));
  const auto pictures = testing::mixed_pictures(2);
  std::promise<std::vector<PictureResult>> finished;
  {
    const auto memory = value_of(make_pinned_memory(device(), std::size_t{1} << 20U));
    std::vector<std::string> warnings;
    const auto lane = value_of(testing::open_lane_on(
        card, {testing::lane_model().network(), options},
        [&](std::vector<PictureResult> results, const std::vector<Job>& /*jobs*/) {
          finished.set_value(std::move(results));
        },
        warnings));
    std::vector<Job> batch;
    for (const Image& picture : pictures) {
      batch.push_back({0, picture.view(), {}});
    }
    ASSERT_TRUE(lane->try_submit(batch));
    for (const PictureResult& result : finished.get_future().get()) {
      EXPECT_FALSE(result.error);
    }
    const auto heads = value_of(
        testing::gpu_device(device())->open_heads({testing::lane_model().network(), options}));
    EXPECT_FALSE(value_of(heads->run(pictures[0].view())).empty());
    EXPECT_TRUE(has_context(device()));
    EXPECT_FALSE(has_context(0)) << "while it is used";
  }
  EXPECT_FALSE(has_context(0)) << "once it is gone";
}

}  // namespace
}  // namespace yolofleet::backend::tensorrt
