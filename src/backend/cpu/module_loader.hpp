#pragma once

#include <filesystem>
#include <span>
#include <string_view>

#include "backend/cpu/executor.hpp"
#include "base/module.hpp"

namespace yolofleet::backend::cpu {

/// The module's file name.
inline constexpr std::string_view kModuleFile = "libyolofleet_openvino.so";

/// The build id that a module must have for this build.
std::string_view build_id() noexcept;

/// Loads the module from one of these folders, as base::load_module does.
Result<Module*> load_module(std::span<const std::filesystem::path> folders,
                            std::string_view build_id);

/// Loads this build's module from base::module_folders().
Result<Module*> load_module();

}  // namespace yolofleet::backend::cpu
