// Counts the calls of CUDA's runtime and driver while a lane runs: no call may make a thread wait
// for the device, and none may allocate.

#include <cupti.h>

#include <array>
#include <atomic>
#include <cstring>
#include <iostream>
#include <map>
#include <string>
#include <string_view>

#include "gpu/lane_fixture.hpp"

namespace yolofleet::backend::tensorrt {
namespace {

using testing::mixed_pictures;
using testing::views_of;
using testing::WaitingLane;

/// The first parts of the names of forbidden functions; their endings name versions.
constexpr std::array<std::string_view, 18> kForbidden{"cudaMalloc",
                                                      "cudaFree",
                                                      "cudaHostAlloc",
                                                      "cudaDeviceSynchronize",
                                                      "cudaStreamSynchronize",
                                                      "cuMemAlloc",
                                                      "cuMemFree",
                                                      "cuMemHostAlloc",
                                                      "cuCtxSynchronize",
                                                      "cuStreamSynchronize",
                                                      "cudaMemcpy_v",
                                                      "cudaMemset_v",
                                                      "cudaMemcpy2D_v",
                                                      "cuMemcpyHtoD_v",
                                                      "cuMemcpyDtoH_v",
                                                      "cuMemcpyDtoD_v",
                                                      "cuMemsetD8_v",
                                                      "cuMemsetD32_v"};

std::mutex calls_mutex;
std::map<std::string, int> calls;

void CUPTIAPI on_call(void*, CUpti_CallbackDomain, CUpti_CallbackId, const void* data) {
  const auto* const call = static_cast<const CUpti_CallbackData*>(data);
  if (call->callbackSite == CUPTI_API_ENTER) {
    const std::lock_guard lock{calls_mutex};
    ++calls[call->functionName];
  }
}

/// Counts calls during its lifetime.
class Count {
 public:
  Count() {
    {
      const std::lock_guard lock{calls_mutex};
      calls.clear();
    }
    EXPECT_EQ(cuptiSubscribe(&subscriber_, on_call, nullptr), CUPTI_SUCCESS);
    EXPECT_EQ(cuptiEnableDomain(1, subscriber_, CUPTI_CB_DOMAIN_RUNTIME_API), CUPTI_SUCCESS);
    EXPECT_EQ(cuptiEnableDomain(1, subscriber_, CUPTI_CB_DOMAIN_DRIVER_API), CUPTI_SUCCESS);
  }
  Count(const Count&) = delete;
  Count& operator=(const Count&) = delete;
  ~Count() { cuptiUnsubscribe(subscriber_); }

  /// The forbidden functions that were called, with the number of calls.
  static std::string forbidden() {
    const std::lock_guard lock{calls_mutex};
    std::string found;
    for (const auto& [name, number] : calls) {
      for (const std::string_view beginning : kForbidden) {
        const bool asynchronous = name.find("Async") != std::string::npos;
        if (name.rfind(beginning, 0) == 0 && !asynchronous) {
          found += name + " x " + std::to_string(number) + "; ";
        }
      }
    }
    return found;
  }
  static std::string all() {
    const std::lock_guard lock{calls_mutex};
    std::string text;
    for (const auto& [name, number] : calls) {
      text += name + " x " + std::to_string(number) + "\n";
    }
    return text;
  }

 private:
  CUpti_SubscriberHandle subscriber_ = nullptr;
};

class Calls : public testing::GpuTest {};

TEST_F(Calls, ALaneInSteadyStateNeitherWaitsNorAllocates) {
  WaitingLane lane{device(), 8, 2};
  const std::vector<Image> pictures = mixed_pictures(8);
  const std::vector<ImageView> views = views_of(pictures);
  lane.run(views);
  const Count count;
  for (int i = 0; i < 1000; ++i) {
    lane.submit(views);
  }
  lane.wait();
  std::cout << Count::all();
  EXPECT_EQ(Count::forbidden(), "");
  EXPECT_NE(Count::all().find("cudaGraphLaunch"), std::string::npos) << "it must have seen them";
}

TEST_F(Calls, APlantedOneIsSeen) {
  const cuda::DeviceGuard guard{device()};
  for (const int planted : {0, 1, 2, 3}) {
    cuda::Stream stream = cuda::make_stream(device());
    const cuda::DeviceBuffer memory{device(), 16};
    std::array<char, 16> host{};
    const Count count;
    switch (planted) {
      case 0:
        cuda::check(cudaStreamSynchronize(stream.get()));
        break;
      case 1:
        cuda::check(cudaMemcpy(host.data(), memory.get(), 16, cudaMemcpyDeviceToHost));
        break;
      case 2:
        cuda::check(cudaDeviceSynchronize());
        break;
      default:
        const cuda::DeviceBuffer another{device(), 16};
    }
    EXPECT_NE(Count::forbidden(), "") << planted << "\n" << Count::all();
  }
}

}  // namespace
}  // namespace yolofleet::backend::tensorrt
