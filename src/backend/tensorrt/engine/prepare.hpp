#pragma once

#include <string>
#include <vector>

#include "backend/tensorrt/opening.hpp"
#include "yolofleet/engine_report.hpp"

namespace yolofleet::backend::tensorrt {

/// The work of Device::prepare: the engine that a lane opens with is in the cache afterwards, and
/// can be loaded. Errors: as build_engines. Precondition: Purpose::must_keep, and the options
/// have a cache.
Result<EngineReport> prepare_engine(const Opening& opening, std::vector<std::string>& warnings);

}  // namespace yolofleet::backend::tensorrt
