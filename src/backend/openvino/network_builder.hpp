#pragma once

#include <memory>
#include <openvino/core/model.hpp>

#include "graph/network.hpp"
#include "yolofleet/error.hpp"

namespace yolofleet::backend::openvino {

/// Builds the network as an OpenVINO model, operation by operation. The model's one input is 1 x
/// channels x height x width floats; its outputs are the inputs of the heads, in their order.
/// Copies the weights.
///
/// Errors, with the layer and its line: kInvalidArgument (a layer without its weights, or a network
/// without a head), kUnsupported (OpenVINO refuses an operation), kInternal (batch normalisation
/// isn't folded in, or OpenVINO gives another shape than the network has).
Result<std::shared_ptr<ov::Model>> build_model(const graph::Network& network);

}  // namespace yolofleet::backend::openvino
