#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "backend/lane.hpp"
#include "backend/tensorrt/cuda_device.hpp"
#include "backend/tensorrt/engine/cache.hpp"
#include "graph/network.hpp"
#include "ops/resize.hpp"
#include "yolofleet/options.hpp"

namespace yolofleet::backend::tensorrt {

class SharedEngines;
struct EngineOptions;  // network_builder.hpp: who includes this needn't have TensorRT's headers

/// Whether networks can be run on GPUs at all: TensorRT's version, or why not (kNotFound,
/// kMismatch, kDevice).
Result<std::string> tensorrt_version();

/// The engine that a lane with these options needs. Errors: kUnsupported (a precision).
Result<EngineOptions> engine_options(const Options& options);

/// What it computes in: "fp16", "tf32" or "fp32".
const char* name_of(const EngineOptions& options);

/// Where the engine is looked for and kept; nothing with `use_engine_cache` false. Errors: as
/// EngineCache::default_folder.
Result<std::optional<EngineCache>> cache_of(const Options& options);

/// The same, where one that can't be found is a warning: that the engine isn't kept.
std::optional<EngineCache> cache_if_any(const Options& options, std::vector<std::string>& warnings);

/// What a lane is for. Looks at what somebody else keeps.
struct LaneOrder {
  const graph::Network& network;
  const CudaDevice& device;
  const Options& options;
  /// Of the lanes that are opened together: without a cache those of one kind of device take the
  /// same engine. Null: this lane builds its own.
  SharedEngines* shared = nullptr;
};

/// Makes the network ready for a device, from the engine cache or by building, and opens a lane.
/// With Options::batch 0, batches are halved until the device's memory suffices. What is wrong with
/// the cache, and that batches are smaller, is added to `warnings`. The lane keeps nothing of
/// `network`.
/// Errors: kNotFound, kMismatch (TensorRT), kUnsupported (a layer, a precision), kDevice,
/// kTooLarge (no memory on the device: with the bytes needed and free).
Result<std::unique_ptr<Lane>> open_cuda_lane(const LaneOrder& lane_order,
                                             std::vector<std::string>& warnings,
                                             const OnFinished& on_finished);

}  // namespace yolofleet::backend::tensorrt
