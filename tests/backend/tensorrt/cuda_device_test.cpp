#include "backend/tensorrt/cuda_device.hpp"

#include <cuda_runtime_api.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

namespace yolofleet::backend::tensorrt {
namespace {

using ::testing::HasSubstr;

TEST(CudaDevices, EachReasonForHavingNoneHasItsMessage) {
  const auto expect = [](cudaError_t code, int driver, ErrorCode kind, const char* words) {
    const Error error = why_no_devices(code, driver);
    EXPECT_EQ(error.code, kind) << words;
    EXPECT_THAT(error.message, HasSubstr(words));
  };
  expect(cudaErrorInsufficientDriver, 0, ErrorCode::kNotFound, "no NVIDIA driver is installed");
  expect(cudaErrorInsufficientDriver, 11080, ErrorCode::kMismatch,
         "the NVIDIA driver is for CUDA 11.8; this program needs ");
  expect(cudaErrorNoDevice, 13000, ErrorCode::kNotFound, "the NVIDIA driver shows no GPU: ");
  expect(cudaErrorSystemDriverMismatch, 13000, ErrorCode::kDevice,
         "the NVIDIA driver's GPUs don't work: ");
}

TEST(CudaDevices, CodeRunsWhereItsArchitectureSays) {
  EXPECT_TRUE(runs_on("90-real", 9, 0));
  EXPECT_FALSE(runs_on("90-real", 8, 9));
  EXPECT_FALSE(runs_on("90-real", 10, 0)) << "machine code is for one major version";
  EXPECT_TRUE(runs_on("80-real", 8, 6));
  EXPECT_FALSE(runs_on("86-real", 8, 0));
  EXPECT_TRUE(runs_on("75-virtual", 12, 0)) << "PTX is compiled by the driver";
  EXPECT_FALSE(runs_on("120-virtual", 9, 0));
  EXPECT_TRUE(runs_on("80", 8, 0));
  EXPECT_TRUE(runs_on("80", 12, 1));
  const char* const release = "75-real,80-real,86-real,89-real,90-real,100-real,120";
  for (const auto& [major, minor] : {std::pair{7, 5},
                                     {8, 0},
                                     {8, 6},
                                     {8, 7},
                                     {8, 9},
                                     {9, 0},
                                     {10, 3},
                                     {12, 0},
                                     {12, 1},
                                     {13, 0}}) {
    EXPECT_TRUE(runs_on(release, major, minor)) << major << '.' << minor;
  }
  EXPECT_FALSE(runs_on(release, 7, 0));
  EXPECT_FALSE(runs_on(release, 6, 1));
  EXPECT_TRUE(runs_on("native", 7, 0));
}

TEST(CudaDevices, ComputeInTf32FromCompute80On) {
  EXPECT_THAT(precisions_of({0, "Turing", "GPU-0", 7, 5, 40, 0}),
              ::testing::ElementsAre(Precision::kFp32, Precision::kFp16));
  EXPECT_THAT(precisions_of({0, "Ampere", "GPU-0", 8, 0, 108, 0}),
              ::testing::ElementsAre(Precision::kFp32, Precision::kTf32, Precision::kFp16));
}

TEST(CudaDevices, ADeviceWithoutCodeIsReported) {
  EXPECT_THAT(why_no_code({0, "Old", "GPU-0", 3, 0, 8, 0}),
              HasSubstr("no code for compute capability 3.0; it was built for "));
}

TEST(CudaDevices, AreListedOrTheErrorTellsWhyNot) {
  const auto devices = list_cuda_devices();
  if (devices) {
    EXPECT_FALSE(devices->empty());
  } else {
    EXPECT_THAT(devices.error().message, HasSubstr("NVIDIA"));
  }
}

}  // namespace
}  // namespace yolofleet::backend::tensorrt
