#include "backend/cpu/module_loader.hpp"

namespace yolofleet::backend::cpu {

std::string_view build_id() noexcept {
  return YOLOFLEET_BUILD_ID;
}

Result<Module*> load_module(std::span<const std::filesystem::path> folders,
                            std::string_view build_id) {
  return base::load_module<Module>({"CPU module", kModuleFile, kModuleEntryPoint}, folders,
                                   build_id);
}

Result<Module*> load_module() {
  return load_module(base::module_folders(), build_id());
}

}  // namespace yolofleet::backend::cpu
