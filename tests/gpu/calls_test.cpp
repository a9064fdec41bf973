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

#include "backend/tensorrt/lane/worker.hpp"
#include "gpu/jpeg_files.hpp"
#include "gpu/lane_fixture.hpp"
#include "gpu/open.hpp"
#include "gpu/planes_on_device.hpp"

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
std::map<std::string, int> lane_calls;  // those of lanes' threads

bool is_lane_thread() {
  std::array<char, 16> name{};
  return pthread_getname_np(pthread_self(), name.data(), name.size()) == 0 &&
         std::string_view{name.data()} == kLaneThreadName;
}

void CUPTIAPI on_call(void*, CUpti_CallbackDomain, CUpti_CallbackId, const void* data) {
  const auto* const call = static_cast<const CUpti_CallbackData*>(data);
  if (call->callbackSite == CUPTI_API_ENTER) {
    const std::lock_guard lock{calls_mutex};
    ++calls[call->functionName];
    if (is_lane_thread()) {
      ++lane_calls[call->functionName];
    }
  }
}

/// Counts calls during its lifetime.
class Count {
 public:
  Count() {
    {
      const std::lock_guard lock{calls_mutex};
      calls.clear();
      lane_calls.clear();
    }
    EXPECT_EQ(cuptiSubscribe(&subscriber_, on_call, nullptr), CUPTI_SUCCESS);
    EXPECT_EQ(cuptiEnableDomain(1, subscriber_, CUPTI_CB_DOMAIN_RUNTIME_API), CUPTI_SUCCESS);
    EXPECT_EQ(cuptiEnableDomain(1, subscriber_, CUPTI_CB_DOMAIN_DRIVER_API), CUPTI_SUCCESS);
  }
  Count(const Count&) = delete;
  Count& operator=(const Count&) = delete;
  ~Count() { cuptiUnsubscribe(subscriber_); }

  /// The forbidden functions that were called, with the number of calls.
  static std::string forbidden() { return forbidden_in(calls); }
  /// Those of lanes' threads only.
  static std::string forbidden_in_lanes() { return forbidden_in(lane_calls); }
  static std::string all() {
    const std::lock_guard lock{calls_mutex};
    std::string text;
    for (const auto& [name, number] : calls) {
      text += name + " x " + std::to_string(number) + "\n";
    }
    return text;
  }

 private:
  static std::string forbidden_in(const std::map<std::string, int>& among) {
    const std::lock_guard lock{calls_mutex};
    std::string found;
    for (const auto& [name, number] : among) {
      for (const std::string_view beginning : kForbidden) {
        const bool asynchronous = name.find("Async") != std::string::npos;
        if (name.rfind(beginning, 0) == 0 && !asynchronous) {
          found += name + " x " + std::to_string(number) + "; ";
        }
      }
    }
    return found;
  }

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

/// Runs a lane of `lane_device` with planes in the host's memory, pageable and page-locked, and
/// with pictures in the memory of `device`, in RGB and in planes, made on a stream.
void run_planes_and_device_images(int lane_device, int device) {
  const auto planes = testing::mixed_planes(8);
  const cuda::PinnedBuffer pinned{device, image::packed_bytes(planes[0].view())};
  image::copy_packed(planes[0].view(), pinned.as<std::uint8_t>());
  const PlanesView from_pinned = image::packed_planes(planes[0].view(), pinned.as<std::uint8_t>());
  const std::vector<Image> rgb = mixed_pictures(1);
  testing::OnDevice first{device, planes[1].view()};
  testing::OnDevice second{device, rgb[0].view()};
  const auto gpu = testing::gpu_device(lane_device);
  WaitingLane lane{lane_device, 8, 2};
  const auto submit = [&](int batches) {
    for (int i = 0; i < batches; ++i) {
      std::vector<Picture> pictures{from_pinned, planes[2].view(), planes[3].view(), rgb[0].view()};
      for (testing::OnDevice* const source : {&first, &second}) {
        source->fill();
        DeviceImage image = source->image();
        image.stream = source->stream();
        ASSERT_TRUE(gpu->receive(image));
        pictures.emplace_back(std::move(image));
      }
      lane.submit_pictures(std::move(pictures));
    }
    for (const auto& batch : lane.wait()) {
      for (const PictureResult& result : batch) {
        EXPECT_FALSE(result.error) << result.error->message;
      }
    }
  };
  submit(10);
  const Count count;
  submit(500);
  std::cout << Count::all();
  EXPECT_EQ(Count::forbidden(), "");
  EXPECT_NE(Count::all().find("cudaStreamWaitEvent"), std::string::npos);
}

TEST_F(Calls, NorWithPlanesAndDeviceImages) {
  run_planes_and_device_images(device(), device());
}

TEST_F(Calls, NorWithPicturesOfAnotherDevice) {
  if (device() == 0) {
    GTEST_SKIP() << "there is no other GPU to copy from";
  }
  run_planes_and_device_images(0, device());
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

TEST_F(Calls, ADecodersThreadMayWaitButTheLanesMayNot) {
  const auto decoder = testing::open_decoder(device());
  if (!decoder) {
    GTEST_SKIP() << "this GPU has no decoder";
  }
  WaitingLane lane{device(), 8, 2};
  const std::vector<Image> pictures = mixed_pictures(8);
  const std::vector<ImageView> views = views_of(pictures);
  lane.run(views);
  const EncodedImage file = check_file(640, 480, Subsampling::k420, false);
  std::atomic<bool> done = false;
  std::atomic<int> decoded = 0;
  const Count count;
  std::thread decoding([&] {
    while (!done) {
      std::vector<Job> jobs;
      for (std::size_t i = 0; i < decoder->batch(); ++i) {
        jobs.push_back(testing::job_of(file));
      }
      decoded += static_cast<int>(decoder->decode(jobs).value());
    }
  });
  for (int i = 0; i < 500 || decoded == 0; ++i) {
    lane.submit(views);
  }
  lane.wait();
  done = true;
  decoding.join();
  EXPECT_EQ(Count::forbidden_in_lanes(), "");
  EXPECT_NE(Count::forbidden(), "") << "the decoder's own waiting must have been seen";
}

}  // namespace
}  // namespace yolofleet::backend::tensorrt
