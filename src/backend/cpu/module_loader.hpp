#pragma once

#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

#include "backend/cpu/executor.hpp"

namespace yolofleet::backend::cpu {

/// The module's file name.
inline constexpr std::string_view kModuleFile = "libyolofleet_openvino.so";

/// The build id that a module must have for this build.
std::string_view build_id() noexcept;

/// The folders in which to look for the module, in this order: the one that the environment
/// variable YOLOFLEET_MODULE_DIR names; the folder F of the library or program that contains this
/// code; F/yolofleet, F/../lib/yolofleet and F/../lib.
std::vector<std::filesystem::path> module_folders();

/// Loads the module from the first of these folders that contains it. The module stays loaded as
/// long as the process lives; loading it again returns the same object. Thread-safe.
/// Errors: kNotFound (in none of the folders, which the message lists), kDevice (the file can't be
/// loaded), kMismatch (not a module, or one of another build).
Result<Module*> load_module(std::span<const std::filesystem::path> folders,
                            std::string_view build_id);

/// Loads this build's module from `module_folders()`.
Result<Module*> load_module();

}  // namespace yolofleet::backend::cpu
