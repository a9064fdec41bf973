#pragma once

#include "backend/tensorrt/network/layer_adder.hpp"
#include "graph/operations.hpp"

namespace yolofleet::backend::tensorrt {

/// How Mish is computed: by our plugin, or by TensorRT's softplus, tanh and product.
enum class MishKind { kPlugin, kNative };

/// `x` through an activation; the formulas are those of graph/activation.hpp. Throws LayerRefused.
LayerAdder::Tensor activated(graph::Activation activation, LayerAdder& layers, LayerAdder::Tensor x,
                             MishKind mish);

}  // namespace yolofleet::backend::tensorrt
