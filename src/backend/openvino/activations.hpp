#pragma once

#include "backend/openvino/tensors.hpp"
#include "graph/operations.hpp"

namespace yolofleet::backend::openvino {

/// Adds an activation of `input`. ops/activation.hpp has the formulas; an activation for which
/// OpenVINO has no operation is composed of simpler ones.
Tensor activated(graph::Activation activation, const Tensor& input);

}  // namespace yolofleet::backend::openvino
