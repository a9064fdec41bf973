#pragma once

#include <filesystem>
#include <vector>

#include "yolofleet/engine_report.hpp"
#include "yolofleet/error.hpp"

namespace yolofleet::backend::tensorrt {

/// These implement the functions of the same names in yolofleet/engines.hpp; they need no device.
/// In a program without this back end each returns kNotFound.
Result<std::vector<CachedEngine>> list_engines(const std::filesystem::path& folder);
Result<int> clear_engines(const std::filesystem::path& folder);
Result<void> export_engine(const std::filesystem::path& file, const std::filesystem::path& to);
Result<std::filesystem::path> default_engine_folder();

}  // namespace yolofleet::backend::tensorrt
