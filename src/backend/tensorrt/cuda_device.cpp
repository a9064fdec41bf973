#include "backend/tensorrt/cuda_device.hpp"

#include <cuda_runtime_api.h>

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "base/fail.hpp"

namespace yolofleet::backend::tensorrt {
namespace {

std::string uuid_of(const cudaUUID_t& uuid) {
  std::string text = "GPU-";
  for (std::size_t i = 0; i < sizeof uuid.bytes; ++i) {
    const bool dash = i == 4 || i == 6 || i == 8 || i == 10;
    text += fmt::format("{}{:02x}", dash ? "-" : "", static_cast<std::uint8_t>(uuid.bytes[i]));
  }
  return text;
}

tl::unexpected<Error> no_devices(cudaError_t code) {
  static_cast<void>(cudaGetLastError());
  int driver = 0;
  static_cast<void>(cudaDriverGetVersion(&driver));
  return tl::unexpected(why_no_devices(code, driver));
}

/// Whether code for one entry of `runs_on`'s list runs there.
bool has_code(std::string_view word, int major, int minor) {
  int number = 0;
  const auto [rest, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  if (error != std::errc()) {
    return true;  // "all" and "native": CMake doesn't tell which
  }
  const std::string_view kind{rest, static_cast<std::size_t>(word.data() + word.size() - rest)};
  const bool machine_code = kind != "-virtual" && number / 10 == major && number % 10 <= minor;
  const bool ptx = kind != "-real" && number <= 10 * major + minor;
  return machine_code || ptx;
}

}  // namespace

bool runs_on(std::string_view architectures, int major, int minor) {
  for (;;) {
    const std::size_t end = std::min(architectures.find(','), architectures.size());
    if (has_code(architectures.substr(0, end), major, minor)) {
      return true;
    }
    if (end == architectures.size()) {
      return false;
    }
    architectures.remove_prefix(end + 1);
  }
}

std::string why_no_code(const CudaDevice& device) {
  constexpr std::string_view kBuiltFor = YOLOFLEET_CUDA_ARCHITECTURES;
  return runs_on(kBuiltFor, device.major, device.minor)
             ? ""
             : fmt::format(
                   "this program has no code for compute capability {}.{}; it was built for {}",
                   device.major, device.minor, kBuiltFor);
}

std::string id_of(const CudaDevice& device) {
  return fmt::format("cuda:{}", device.index);
}

std::vector<Precision> precisions_of(const CudaDevice& device) {
  constexpr int kFirstWithTf32 = 8;
  if (device.major < kFirstWithTf32) {
    return {Precision::kFp32, Precision::kFp16};
  }
  return {Precision::kFp32, Precision::kTf32, Precision::kFp16};
}

std::string kind_of(const CudaDevice& device) {
  return fmt::format("{} ({}.{}, {} multiprocessors)", device.name, device.major, device.minor,
                     device.multiprocessors);
}

Error why_no_devices(int code, int driver) {
  const auto error = static_cast<cudaError_t>(code);
  if (error == cudaErrorInsufficientDriver && driver == 0) {
    return {ErrorCode::kNotFound, "no NVIDIA driver is installed"};
  }
  if (error == cudaErrorInsufficientDriver) {
    return {ErrorCode::kMismatch,
            fmt::format("the NVIDIA driver is for CUDA {}.{}; this program needs {}.{} or newer",
                        driver / 1000, driver % 1000 / 10, CUDART_VERSION / 1000,
                        CUDART_VERSION % 1000 / 10)};
  }
  if (error == cudaErrorNoDevice) {
    return {ErrorCode::kNotFound,
            fmt::format("the NVIDIA driver shows no GPU: {}", cudaGetErrorString(error))};
  }
  return {ErrorCode::kDevice,
          fmt::format("the NVIDIA driver's GPUs don't work: {}", cudaGetErrorString(error))};
}

Result<std::vector<CudaDevice>> list_cuda_devices() {
  int count = 0;
  if (const cudaError_t error = cudaGetDeviceCount(&count); error != cudaSuccess) {
    return no_devices(error);
  }
  if (count == 0) {
    return no_devices(cudaErrorNoDevice);
  }
  std::vector<CudaDevice> devices;
  for (int index = 0; index < count; ++index) {
    cudaDeviceProp properties{};
    if (const cudaError_t error = cudaGetDeviceProperties(&properties, index);
        error != cudaSuccess) {
      return no_devices(error);
    }
    devices.push_back({index, properties.name, uuid_of(properties.uuid), properties.major,
                       properties.minor, properties.multiProcessorCount,
                       properties.totalGlobalMem});
  }
  return devices;
}

}  // namespace yolofleet::backend::tensorrt
