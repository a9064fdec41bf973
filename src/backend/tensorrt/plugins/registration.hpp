#pragma once

#include "backend/tensorrt/compat.hpp"

namespace yolofleet::backend::tensorrt {

/// Registers the creators of all our plugins, so that engines with these plugins can be
/// deserialised. The creators live as long as the process.
void register_plugins(nvinfer1::IPluginRegistry& registry);

}  // namespace yolofleet::backend::tensorrt
