#pragma once

#include "backend/tensorrt/engine/cache.hpp"
#include "yolofleet/engines.hpp"

namespace yolofleet::backend::tensorrt {

/// What an entry's key says of its engine. A key that lacks something or is of another
/// kBuilderRevision, which another version of yolofleet may have written, is a problem.
CachedEngine describe(const CacheEntry& entry);

}  // namespace yolofleet::backend::tensorrt
