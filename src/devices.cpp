#include "backend/cpu/module_loader.hpp"
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

}  // namespace yolofleet
