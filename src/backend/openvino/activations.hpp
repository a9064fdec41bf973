#pragma once

#include <openvino/core/node_output.hpp>

#include "graph/operations.hpp"

namespace yolofleet::backend::openvino {

using Tensor = ov::Output<ov::Node>;

/// `input` through an activation, in OpenVINO's operations. The formulas stand in
/// graph/activation.hpp; where OpenVINO has no operation for one, it is put together of simple
/// ones.
Tensor activated(graph::Activation activation, const Tensor& input);

/// One float, of the kind that the operations broadcast.
Tensor scalar(float value);

}  // namespace yolofleet::backend::openvino
