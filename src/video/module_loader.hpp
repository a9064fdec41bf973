#pragma once

#include <filesystem>
#include <span>
#include <string_view>

#include "video/module.hpp"

namespace yolofleet::video {

/// The module's file name.
inline constexpr std::string_view kModuleFile = "libyolofleet_ffmpeg.so";

/// The build id that a module must have for this build.
std::string_view build_id() noexcept;

/// Loads the module from one of these folders, as base::load_module does. Errors: also kNotFound if
/// this build has no such module, or if FFmpeg's libraries are missing: the message names the
/// packages of Debian and Ubuntu that have them.
Result<Module*> load_module(std::span<const std::filesystem::path> folders,
                            std::string_view build_id);

/// Loads this build's module from base::module_folders().
Result<Module*> load_module();

}  // namespace yolofleet::video
