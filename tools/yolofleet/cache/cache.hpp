#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "yolofleet/engines.hpp"

namespace yolofleet::command {

/// Two lines an engine, and one for all of them: "2 engines, 264.8 MB, in FOLDER".
std::string engine_lines(const std::vector<CachedEngine>& engines,
                         const std::filesystem::path& folder);

std::string engine_json(const std::vector<CachedEngine>& engines);

}  // namespace yolofleet::command
