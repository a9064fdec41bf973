#pragma once

#include "backend/tensorrt/engine/cache.hpp"
#include "yolofleet/engine_report.hpp"

namespace yolofleet::backend::tensorrt {

/// Reads an engine's properties from an entry's key. Sets CachedEngine::problem if the key lacks a
/// value or has another kBuilderRevision: another version of yolofleet has written it.
CachedEngine describe(const CacheEntry& entry);

}  // namespace yolofleet::backend::tensorrt
