#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "backend/tensorrt/library.hpp"
#include "backend/tensorrt/network/engine_options.hpp"
#include "graph/network.hpp"
#include "yolofleet/error.hpp"

namespace yolofleet::backend::tensorrt {

/// An engine as TensorRT serialised it.
using EngineBytes = std::unique_ptr<nvinfer1::IHostMemory>;

/// TensorRT's measurements from earlier builds. With them the next build of similar layers is
/// faster.
struct TimingCache {
  std::vector<std::byte> bytes;  ///< as TensorRT serialised them; empty: none yet
};

/// Builds an engine for device `device`, which takes minutes of that device's time. The caller's
/// current device may be another one. Reads `timing` and adds the new measurements to it; TensorRT
/// ignores measurements of another device or version.
/// Errors: as check_network; kUnsupported (a layer, named with its line), kTooLarge (the device has
/// too little memory), kDevice (the build failed), each with TensorRT's reason.
Result<EngineBytes> build_engine(const Library& library, int device, const graph::Network& network,
                                 const EngineOptions& options, TimingCache& timing);

}  // namespace yolofleet::backend::tensorrt
