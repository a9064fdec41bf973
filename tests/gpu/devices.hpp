#pragma once

#include <cuda_runtime_api.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <vector>

#include "cuda/memory.hpp"

namespace yolofleet::testing {

/// How many GPUs this process sees.
inline int gpu_count() {
  int count = 0;
  return cudaGetDeviceCount(&count) == cudaSuccess ? count : 0;
}

/// A test of a GPU. It uses the machine's last GPU, so that code which works only on the first
/// fails. Without a GPU it is skipped, or fails if YOLOFLEET_REQUIRE_GPU is set.
class GpuTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const int count = gpu_count();
    if (count == 0 && std::getenv("YOLOFLEET_REQUIRE_GPU") == nullptr) {
      GTEST_SKIP() << "no GPU";
    }
    ASSERT_GT(count, 0) << "YOLOFLEET_REQUIRE_GPU is set, but there is no GPU";
    device_ = count - 1;
  }

  int device() const { return device_; }

 private:
  int device_ = 0;
};

/// Device memory with these values.
template <typename T>
cuda::DeviceBuffer on_device(int device, const std::vector<T>& values) {
  cuda::DeviceBuffer buffer{device, values.size() * sizeof(T)};
  const cuda::DeviceGuard guard{device};
  cuda::check(
      cudaMemcpy(buffer.get(), values.data(), values.size() * sizeof(T), cudaMemcpyHostToDevice));
  return buffer;
}

/// Device memory, filled with a pattern that can't be a result.
inline cuda::DeviceBuffer poisoned(int device, std::size_t bytes) {
  cuda::DeviceBuffer buffer{device, bytes};
  const cuda::DeviceGuard guard{device};
  cuda::check(cudaMemset(buffer.get(), 0xFF, bytes));
  return buffer;
}

/// The first `count` values, after everything on the device is done.
template <typename T>
std::vector<T> on_host(int device, const cuda::DeviceBuffer& buffer, std::size_t count) {
  const cuda::DeviceGuard guard{device};
  cuda::check(cudaDeviceSynchronize());
  std::vector<T> values(count);
  cuda::check(cudaMemcpy(values.data(), buffer.get(), count * sizeof(T), cudaMemcpyDeviceToHost));
  return values;
}

}  // namespace yolofleet::testing
