#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "backend/tensorrt/engine/build_ahead.hpp"
#include "backend/tensorrt/engine/describe.hpp"
#include "backend/tensorrt/engine/file.hpp"
#include "backend/tensorrt/engine/shared.hpp"
#include "backend/tensorrt/engine_speed.hpp"
#include "backend/tensorrt/heads.hpp"
#include "backend/tensorrt/lane/pinned_memory.hpp"
#include "backend/tensorrt/open_lane.hpp"
#include "base/fail.hpp"
#include "gpus.hpp"

namespace yolofleet {

namespace trt = backend::tensorrt;

namespace {

Result<trt::EngineCache> cache_in(const std::filesystem::path& folder) {
  auto named = folder.empty() ? trt::EngineCache::default_folder() : folder;
  return named.map([](const std::filesystem::path& where) { return trt::EngineCache{where}; });
}

using Devices = Result<std::vector<trt::CudaDevice>>;

/// Errors: why they couldn't be listed, and kNotFound: one that was chosen before has gone since.
Result<trt::CudaDevice> device_of(const Devices& devices, std::size_t index) {
  if (!devices) {
    return tl::unexpected(devices.error());
  }
  if (index >= devices->size()) {
    return base::fail(ErrorCode::kNotFound, "cuda:{}: is not there any more", index);
  }
  return (*devices)[index];
}

}  // namespace

Result<std::vector<DeviceInfo>> list_gpus() {
  const auto devices = trt::list_cuda_devices();
  if (!devices) {
    return tl::unexpected(devices.error());
  }
  const auto version = trt::tensorrt_version();
  std::vector<DeviceInfo> gpus;
  for (const trt::CudaDevice& device : *devices) {
    DeviceInfo& gpu = gpus.emplace_back();
    gpu.id = trt::id_of(device);
    gpu.name = device.name;
    gpu.uuid = device.uuid;
    gpu.memory = device.memory;
    gpu.compute_capability = fmt::format("{}.{}", device.major, device.minor);
    gpu.kind = trt::kind_of(device);
    gpu.runtime = version ? "TensorRT " + *version : "";
    gpu.unavailable = version ? trt::why_no_code(device) : version.error().message;
  }
  return gpus;
}

std::vector<fleet::OpenLane> gpu_lanes(const graph::Network& network,
                                       std::span<const std::size_t> indexes,
                                       const Options& options) {
  const auto shared = std::make_shared<trt::SharedEngines>();  // as long as these can be opened
  std::vector<fleet::OpenLane> lanes;
  for (const std::size_t index : indexes) {
    const auto open =
        [&network, index, &options, shared](
            const backend::OnFinished& on_finished,
            std::vector<std::string>& warnings) -> Result<std::unique_ptr<backend::Lane>> {
      return device_of(trt::list_cuda_devices(), index).and_then([&](const auto& device) {
        return trt::open_cuda_lane({network, device, options, shared.get()}, warnings, on_finished);
      });
    };
    lanes.push_back({fmt::format("cuda:{}", index), open});
  }
  return lanes;
}

Result<std::unique_ptr<backend::HeadRun>> gpu_heads(const graph::Network& network,
                                                    std::size_t index, const Options& options) {
  return device_of(trt::list_cuda_devices(), index).and_then([&](const auto& device) {
    return trt::open_cuda_heads(network, device, options);
  });
}

Result<DeviceSpeed> gpu_engine_speed(const graph::Network& network, std::size_t index,
                                     const Options& options, const backend::SpeedRun& run) {
  return device_of(trt::list_cuda_devices(), index).and_then([&](const auto& device) {
    return trt::measure_engine(network, device, options, run);
  });
}

Result<std::shared_ptr<PixelMemory>> gpu_pixel_memory(std::size_t index, std::size_t bytes) {
  return trt::make_pinned_memory(static_cast<int>(index), bytes);
}

Result<BuiltEngines> build_gpu_engines(const graph::Network& network,
                                       std::span<const std::size_t> indexes,
                                       const Options& options) {
  const Devices devices = trt::list_cuda_devices();
  std::vector<trt::CudaDevice> chosen;
  for (const std::size_t index : indexes) {
    const auto device = device_of(devices, index);
    if (!device) {
      return tl::unexpected(device.error());
    }
    chosen.push_back(*device);
  }
  return trt::build_ahead(network, chosen, options);
}

Result<std::vector<CachedEngine>> list_engines(const std::filesystem::path& folder) {
  const auto entries = cache_in(folder).and_then([](const auto& cache) { return cache.list(); });
  return entries.map([](const std::vector<trt::CacheEntry>& found) {
    std::vector<CachedEngine> engines;
    std::transform(found.begin(), found.end(), std::back_inserter(engines), trt::describe);
    return engines;
  });
}

Result<int> clear_engines(const std::filesystem::path& folder) {
  return cache_in(folder).and_then([](const auto& cache) { return cache.clear(); });
}

Result<void> export_engine(const std::filesystem::path& file, const std::filesystem::path& to) {
  return trt::export_engine(file, to);
}

Result<std::filesystem::path> default_engine_folder() {
  return trt::EngineCache::default_folder();
}

}  // namespace yolofleet
