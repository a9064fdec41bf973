#pragma once

#include <memory>
#include <openvino/core/model.hpp>

#include "graph/network.hpp"
#include "yolofleet/error.hpp"

namespace yolofleet::backend::openvino {

/// The network as an OpenVINO model, operation by operation. Its one input is 1 x channels x
/// height x width floats; its outputs are what the heads are given, in their order. Weights are
/// copied.
///
/// Errors, each naming the layer and its line: kInvalidArgument (a layer without its weights, or a
/// network without a head), kUnsupported (OpenVINO refuses the operation), kInternal (batch
/// normalisation that isn't folded in, or another shape than the network says).
Result<std::shared_ptr<ov::Model>> build_model(const graph::Network& network);

}  // namespace yolofleet::backend::openvino
