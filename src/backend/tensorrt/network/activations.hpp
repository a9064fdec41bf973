#pragma once

#include "backend/tensorrt/network/engine_options.hpp"
#include "backend/tensorrt/network/layer_adder.hpp"
#include "graph/operations.hpp"

namespace yolofleet::backend::tensorrt {

/// Adds an activation of `x`; the formulas are those of `ops::activate`. Throws LayerRefused.
LayerAdder::Tensor activated(graph::Activation activation, LayerAdder& layers, LayerAdder::Tensor x,
                             MishKind mish);

}  // namespace yolofleet::backend::tensorrt
