#include "yolofleet/engines.hpp"

#include "backend/backends.hpp"
#include "backend/choose_devices.hpp"
#include "backend/prepare.hpp"
#include "backend/tensorrt/engine/store.hpp"
#include "base/fail.hpp"
#include "check_options.hpp"
#include "yolofleet/device.hpp"
#include "yolofleet/version.hpp"

namespace yolofleet {
namespace {

/// The devices of `options` that need engines.
Result<backend::Devices> devices_to_prepare(const Options& options,
                                            std::vector<std::string>& warnings) {
  const auto chosen = choose_devices(options, backend::list_all_devices(), warnings);
  if (!chosen) {
    return tl::unexpected(chosen.error());
  }
  const bool named = options.devices != "auto" && options.devices != "all";
  backend::Devices found;
  for (const auto& device : *chosen) {
    if (!device->engine_kind().empty()) {
      found.push_back(device);
    } else if (named) {
      return base::fail(ErrorCode::kInvalidArgument,
                        "devices are \"{}\", but {} needs no engine: engines are for GPUs",
                        options.devices, device->id());
    }
  }
  if (found.empty()) {
    return base::fail(ErrorCode::kNotFound, "no GPU to build an engine for: {}",
                      warnings.empty() ? why_no_gpu() : warnings.front());
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
  const auto devices = devices_to_prepare(options, warnings);
  if (!devices) {
    return tl::unexpected(devices.error());
  }
  auto built = prepare_all(*devices, {model.network(), options});
  if (built) {
    built->warnings.insert(built->warnings.begin(), warnings.begin(), warnings.end());
  }
  return built;
}

Result<std::vector<CachedEngine>> list_engines(const std::filesystem::path& folder) {
  return backend::tensorrt::list_engines(folder);
}

Result<int> clear_engines(const std::filesystem::path& folder) {
  return backend::tensorrt::clear_engines(folder);
}

Result<void> export_engine(const std::filesystem::path& file, const std::filesystem::path& to) {
  return backend::tensorrt::export_engine(file, to);
}

Result<std::filesystem::path> default_engine_folder() {
  return backend::tensorrt::default_engine_folder();
}

bool fits(const CachedEngine& engine, const DeviceInfo& device) {
  return engine.problem.empty() && !device.kind.empty() && engine.device_kind == device.kind &&
         device.runtime == "TensorRT " + engine.tensorrt && engine.yolofleet == version();
}

}  // namespace yolofleet
