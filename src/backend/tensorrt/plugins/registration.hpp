#pragma once

#include "backend/tensorrt/compat.hpp"

namespace yolofleet::backend::tensorrt {

/// Makes the creators of all our plugins known to a registry, so that engines with them can be
/// deserialised. The creators live as long as the process.
void register_plugins(nvinfer1::IPluginRegistry& registry);

}  // namespace yolofleet::backend::tensorrt
