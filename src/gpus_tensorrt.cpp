#include <fmt/format.h>

#include "backend/tensorrt/open_lane.hpp"
#include "base/fail.hpp"
#include "gpus.hpp"

namespace yolofleet {

namespace trt = backend::tensorrt;

Result<std::vector<DeviceInfo>> list_gpus() {
  const auto devices = trt::list_cuda_devices();
  if (!devices) {
    return tl::unexpected(devices.error());
  }
  const auto version = trt::tensorrt_version();
  std::vector<DeviceInfo> gpus;
  for (const trt::CudaDevice& device : *devices) {
    DeviceInfo& gpu = gpus.emplace_back();
    gpu.id = fmt::format("cuda:{}", device.index);
    gpu.name = device.name;
    gpu.uuid = device.uuid;
    gpu.memory = device.memory;
    gpu.compute_capability = fmt::format("{}.{}", device.major, device.minor);
    gpu.runtime = version ? "TensorRT " + *version : "";
    gpu.unavailable = version ? "" : version.error().message;
  }
  return gpus;
}

fleet::OpenLane gpu_lane(const graph::Network& network, std::size_t index, const Options& options,
                         std::vector<std::string>& warnings) {
  return [&network, index, &options, &warnings](
             const backend::OnFinished& on_finished) -> Result<std::unique_ptr<backend::Lane>> {
    const auto devices = trt::list_cuda_devices();
    if (!devices || index >= devices->size()) {
      return base::fail(ErrorCode::kNotFound, "cuda:{}: is not there any more", index);
    }
    return trt::open_cuda_lane(network, (*devices)[index], options, warnings, on_finished);
  };
}

}  // namespace yolofleet
