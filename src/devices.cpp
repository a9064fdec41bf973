#include "backend/cpu/module_loader.hpp"
#include "yolofleet/device.hpp"

namespace yolofleet {

std::vector<DeviceInfo> list_devices() {
  DeviceInfo cpu;
  cpu.id = "cpu";
  const auto module = backend::cpu::load_module();
  if (module) {
    cpu.name = (*module)->cpu_name();
    cpu.runtime = (*module)->runtime();
    cpu.bf16 = (*module)->has_bf16();
  } else {
    cpu.unavailable = module.error().message;
  }
  return {cpu};
}

}  // namespace yolofleet
