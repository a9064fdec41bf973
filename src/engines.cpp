#include "yolofleet/engines.hpp"

#include "base/fail.hpp"
#include "check_options.hpp"
#include "choose_devices.hpp"
#include "gpus.hpp"
#include "yolofleet/version.hpp"

namespace yolofleet {
namespace {

/// The GPUs, by their place in the list, that engines are to be built for.
Result<std::vector<std::size_t>> gpus_to_build_for(const Options& options,
                                                   std::vector<std::string>& warnings) {
  const auto gpus = list_gpus();
  const std::string& devices = options.devices;
  const auto chosen = choose_devices(options, gpus, warnings);
  if (!chosen) {
    return tl::unexpected(chosen.error());
  }
  const bool named = devices != "auto" && devices != "all";
  std::vector<std::size_t> found;
  for (const ChosenDevice& device : *chosen) {
    if (device.gpu) {
      found.push_back(*device.gpu);
    } else if (named) {
      return base::fail(ErrorCode::kInvalidArgument,
                        "devices are \"{}\", but engines are for GPUs; the CPU needs none",
                        devices);
    }
  }
  if (found.empty()) {
    return base::fail(ErrorCode::kNotFound, "no GPU to build an engine for: {}",
                      gpus ? warnings.front() : gpus.error().message);
  }
  return found;
}

}  // namespace

Result<BuiltEngines> build_engines(const Model& model, const Options& options) {
  if (auto checked = check(model, options); !checked) {
    return tl::unexpected(std::move(checked).error());
  }
  if (!options.use_engine_cache) {
    return base::fail(ErrorCode::kInvalidArgument,
                      "use_engine_cache is false, but engines that are built ahead are kept");
  }
  std::vector<std::string> warnings;
  const auto gpus = gpus_to_build_for(options, warnings);
  if (!gpus) {
    return tl::unexpected(gpus.error());
  }
  auto built = build_gpu_engines(model.network(), *gpus, options);
  if (built) {
    built->warnings.insert(built->warnings.begin(), warnings.begin(), warnings.end());
  }
  return built;
}

bool fits(const CachedEngine& engine, const DeviceInfo& device) {
  return engine.problem.empty() && !device.kind.empty() && engine.device_kind == device.kind &&
         device.runtime == "TensorRT " + engine.tensorrt && engine.yolofleet == version();
}

}  // namespace yolofleet
