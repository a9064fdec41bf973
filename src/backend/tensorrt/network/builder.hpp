#pragma once

#include <NvInfer.h>

#include "backend/tensorrt/network/engine_options.hpp"
#include "backend/tensorrt/network/layer_adder.hpp"
#include "graph/network.hpp"
#include "yolofleet/error.hpp"

namespace yolofleet::backend::tensorrt {

/// Adds every layer of `network` to `definition`, with explicit types: with EngineOptions::half,
/// half weights and half tensors from the input to the heads. The batch is dynamic, everything else
/// fixed. The tensors have the names of tensor_names.hpp. `network` and `store` must outlive the
/// build.
/// Precondition: check_network. Errors: kUnsupported, with the model, the layer and its line;
/// TensorRT's logger has the reason.
Result<void> build_network(const graph::Network& network, const EngineOptions& options,
                           nvinfer1::INetworkDefinition& definition, WeightStore& store);

}  // namespace yolofleet::backend::tensorrt
