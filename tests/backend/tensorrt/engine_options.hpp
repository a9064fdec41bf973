#pragma once

#include "backend/tensorrt/network/engine_options.hpp"

namespace yolofleet::testing {

/// FP16, single pictures, Mish by the plugin, and the lowest level, which is built fastest.
inline backend::tensorrt::EngineOptions quick_engine_options() {
  return {.half = true,
          .tf32 = false,
          .mish = backend::tensorrt::MishKind::kPlugin,
          .max_batch = 1,
          .max_detections = 300,
          .raw_heads = false,
          .optimization_level = 0};
}

}  // namespace yolofleet::testing
