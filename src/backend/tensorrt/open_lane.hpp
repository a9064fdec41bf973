#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "backend/lane.hpp"
#include "backend/tensorrt/devices.hpp"
#include "graph/network.hpp"
#include "ops/resize.hpp"
#include "yolofleet/options.hpp"

namespace yolofleet::backend::tensorrt {

/// Whether networks can be run on GPUs at all: TensorRT's version, or why not (kNotFound,
/// kMismatch, kDevice).
Result<std::string> tensorrt_version();

/// Makes the network ready for a device, from the engine cache or by building, and opens a lane.
/// With Options::batch 0, batches are halved until the device's memory suffices. What is wrong with
/// the cache, and that batches are smaller, is added to `warnings`. The lane keeps nothing of
/// `network`.
/// Errors: kNotFound, kMismatch (TensorRT), kUnsupported (a layer, a precision), kDevice,
/// kTooLarge (no memory on the device: with the bytes needed and free).
Result<std::unique_ptr<Lane>> open_cuda_lane(const graph::Network& network,
                                             const CudaDevice& device, const Options& options,
                                             std::vector<std::string>& warnings,
                                             const OnFinished& on_finished);

}  // namespace yolofleet::backend::tensorrt
