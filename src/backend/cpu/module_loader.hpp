#pragma once

#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

#include "backend/cpu/executor.hpp"

namespace yolofleet::backend::cpu {

/// The file that `load_module` looks for.
inline constexpr std::string_view kModuleFile = "libyolofleet_openvino.so";

/// What this build's module must have been built with.
std::string_view build_id() noexcept;

/// Where the module may lie, in this order: the folder that the environment variable
/// YOLOFLEET_MODULE_DIR names; then, from the folder of the library or program that holds this
/// code: itself, yolofleet/ below it, ../lib/yolofleet, ../lib.
std::vector<std::filesystem::path> module_folders();

/// Loads the module from the first of these folders that has it. It stays loaded as long as the
/// process lives; loading it again gives the same one. Any number of threads may call it.
/// Errors: kNotFound (in none of the folders; they are named), kDevice (it is there, but can't be
/// loaded), kMismatch (it was made by another build).
Result<Module*> load_module(std::span<const std::filesystem::path> folders,
                            std::string_view build_id);

/// From `module_folders()`, of this build.
Result<Module*> load_module();

}  // namespace yolofleet::backend::cpu
