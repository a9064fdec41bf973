#include <fmt/format.h>

#include "backend/cpu/module_loader.hpp"
#include "choose_devices.hpp"
#include "gpus.hpp"
#include "yolofleet/device.hpp"

namespace yolofleet {

std::vector<DeviceInfo> list_devices() {
  std::vector<DeviceInfo> devices = list_gpus().value_or(std::vector<DeviceInfo>{});
  DeviceInfo& cpu = devices.emplace_back();
  cpu.id = "cpu";
  const auto module = backend::cpu::load_module();
  if (module) {
    cpu.name = (*module)->cpu_name();
    cpu.runtime = (*module)->runtime();
    cpu.bf16 = (*module)->has_bf16();
  } else {
    cpu.unavailable = module.error().message;
  }
  return devices;
}

std::string why_no_gpu() {
  const auto gpus = list_gpus();
  return gpus ? "" : gpus.error().message;
}

Result<std::vector<std::string>> devices_of(const Options& options) {
  const auto gpus = list_gpus();
  std::vector<std::string> warnings;  // they are the Detector's to give
  const auto chosen = choose_devices(options, gpus, warnings);
  if (!chosen) {
    return tl::unexpected(chosen.error());
  }
  std::vector<std::string> names;
  for (const ChosenDevice& device : *chosen) {
    names.push_back(device.gpu                          ? (*gpus)[*device.gpu].id
                    : device.threads == options.threads ? "cpu"
                                                        : fmt::format("cpu:{}", device.threads));
  }
  return names;
}

}  // namespace yolofleet
