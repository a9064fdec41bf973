#pragma once

#include <memory>

#include "backend/head_run.hpp"
#include "backend/tensorrt/cuda_device.hpp"
#include "graph/network.hpp"
#include "yolofleet/options.hpp"

namespace yolofleet::backend::tensorrt {

/// An engine for one picture at a time that ends before boxes are made, from the engine cache or
/// built. Pictures are resized by the CPU. Keeps nothing of `network`. Errors: as open_cuda_lane.
Result<std::unique_ptr<HeadRun>> open_cuda_heads(const graph::Network& network,
                                                 const CudaDevice& device, const Options& options);

}  // namespace yolofleet::backend::tensorrt
