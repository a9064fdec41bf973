#pragma once

#include <string>

#include "yolofleet/engines.hpp"

namespace yolofleet::command {

/// "cuda:0: built in 204.1 s, 132.4 MB, FILE" or "cuda:0: taken from the cache in 0.4 s, ...".
std::string format_report(const EngineReport& report);

}  // namespace yolofleet::command
