#pragma once

#include <string>

#include "backend/tensorrt/network/engine_options.hpp"
#include "graph/network.hpp"
#include "yolofleet/error.hpp"

namespace yolofleet::backend::tensorrt {

/// "layer 3 [route], line 42 of the cfg": how messages name a layer of `network`.
std::string layer_name(const graph::Network& network, const graph::Layer& layer);

/// Checks a network without TensorRT. Errors: kTooLarge (a layer with too many values for batches
/// of this size), kUnsupported (heads, as DetectionsPlugin::parameters_of).
Result<void> check_network(const graph::Network& network, const EngineOptions& options);

}  // namespace yolofleet::backend::tensorrt
