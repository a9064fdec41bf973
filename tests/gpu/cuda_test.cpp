#include <utility>

#include "cuda/device_guard.hpp"
#include "cuda/handles.hpp"
#include "cuda/memory.hpp"
#include "gpu/devices.hpp"

namespace yolofleet::cuda {
namespace {

using testing::gpu_count;

class Cuda : public testing::GpuTest {};

int current_device() {
  int device = -1;
  check(cudaGetDevice(&device));
  return device;
}

TEST_F(Cuda, TheGuardRestoresTheCallersDevice) {
  for (int caller = 0; caller < gpu_count(); ++caller) {
    check(cudaSetDevice(caller));
    {
      const DeviceGuard guard{device()};
      EXPECT_EQ(current_device(), device());
    }
    EXPECT_EQ(current_device(), caller);
  }
}

TEST_F(Cuda, TheGuardRefusesADeviceThatIsntThere) {
  check(cudaSetDevice(0));
  EXPECT_THROW(DeviceGuard{gpu_count()}, CudaError);
  EXPECT_EQ(current_device(), 0);
  EXPECT_EQ(cudaGetLastError(), cudaSuccess) << "an error must not be left for an innocent call";
}

TEST_F(Cuda, OwnersBelongToTheirDeviceWhicheverIsCurrent) {
  check(cudaSetDevice(0));  // the wrong one where there are two
  const DeviceBuffer memory{device(), 1000};
  cudaPointerAttributes attributes{};
  check(cudaPointerGetAttributes(&attributes, memory.get()));
  EXPECT_EQ(attributes.type, cudaMemoryTypeDevice);
  EXPECT_EQ(attributes.device, device());
  const Stream stream = make_stream(device());
  const Event event = make_blocking_event(device());
  {
    const DeviceGuard guard{device()};
    check(cudaMemsetAsync(memory.get(), 1, memory.bytes(), stream.get()));
    check(cudaEventRecord(event.get(), stream.get()));
  }
  check(cudaEventSynchronize(event.get()));
  EXPECT_EQ(current_device(), 0);
}

TEST_F(Cuda, MovingLeavesNothingBehind) {
  Stream first = make_stream(device());
  cudaStream_t const handle = first.get();
  Stream second = std::move(first);
  EXPECT_EQ(second.get(), handle);
  EXPECT_FALSE(first);  // NOLINT(bugprone-use-after-move): that is what is tested
  second = make_stream(device());
  EXPECT_NE(second.get(), nullptr);
}

TEST_F(Cuda, NoMemoryIsAnErrorThatSaysSo) {
  try {
    const DeviceBuffer too_much{device(), std::size_t{1} << 50U};
    FAIL() << "a petabyte was given";
  } catch (const CudaError& error) {
    EXPECT_EQ(error.code(), cudaErrorMemoryAllocation);
    EXPECT_NE(std::string(error.what()).find("out of memory"), std::string::npos);
  }
}

TEST_F(Cuda, ACaptureThatThrowsLeavesTheStreamUsable) {
  const Stream stream = make_stream(device());
  EXPECT_THROW(capture(stream, [](cudaStream_t) { throw std::runtime_error("no"); }),
               std::runtime_error);
  const DeviceBuffer memory{device(), 16};
  const DeviceGuard guard{device()};
  check(cudaMemsetAsync(memory.get(), 0, 16, stream.get()));
  check(cudaStreamSynchronize(stream.get()));
}

class WithDevice : public testing::GpuTest {
 protected:
  void SetUp() override {
    GpuTest::SetUp();
    if (!IsSkipped()) {
      check(cudaSetDevice(0));  // the wrong one where there are two
    }
  }
  void TearDown() override {
    if (!IsSkipped()) {
      EXPECT_EQ(current_device(), 0) << "the caller's";
      EXPECT_EQ(cudaGetLastError(), cudaSuccess) << "an error is left for an innocent call";
    }
  }
};

TEST_F(WithDevice, GivesAndThrowsWhatTheWorkDoes) {
  EXPECT_EQ(with_device(device(), [] { return 7; }), 7);
  EXPECT_THROW(with_device(device(), []() -> int { throw std::runtime_error("no"); }),
               std::runtime_error);
}

TEST_F(WithDevice, TheWorkHasItAndTheCallerKeepsTheOther) {
  EXPECT_EQ(with_device(device(), current_device), device());
  int at_the_end = -1;
  clean_up_with_device(device(), [&] { at_the_end = current_device(); });
  EXPECT_EQ(at_the_end, device());
}

TEST_F(WithDevice, TheWorkIsntRunOnAnotherDevice) {
  bool run = false;
  const auto work = [&] { run = true; };
  EXPECT_THROW(with_device(gpu_count(), work), CudaError);
  clean_up_with_device(gpu_count(), work);
  EXPECT_FALSE(run);
}

TEST_F(WithDevice, WhatFailsInAResultIsAValue) {
  const auto failed = try_with_device(device(), []() -> Result<int> {
    check(cudaErrorMemoryAllocation);
    return 1;
  });
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::kTooLarge);
  EXPECT_EQ(failed.error().message.find("cuda:" + std::to_string(device()) + ": out of memory"), 0U)
      << failed.error().message;
  EXPECT_EQ(try_with_device(device(), []() -> Result<int> { return 7; }), 7);
}

}  // namespace
}  // namespace yolofleet::cuda
