#pragma once

#include <string>
#include <vector>

#include "backend/tensorrt/opening.hpp"
#include "yolofleet/engine_report.hpp"

namespace yolofleet::backend::tensorrt {

/// Implements Device::prepare: afterwards the engine that a lane needs is in the cache and can be
/// loaded. Precondition: the opening was made with Purpose::must_keep, and its options have a
/// cache. Errors: as build_engines.
Result<EngineReport> prepare_engine(const Opening& opening, std::vector<std::string>& warnings);

}  // namespace yolofleet::backend::tensorrt
