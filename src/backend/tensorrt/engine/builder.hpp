#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "backend/tensorrt/library.hpp"
#include "backend/tensorrt/network/builder.hpp"

namespace yolofleet::backend::tensorrt {

/// An engine as TensorRT serialised it.
using EngineBytes = std::unique_ptr<nvinfer1::IHostMemory>;

/// What TensorRT measured while it built; makes the next build of alike layers faster.
struct TimingCache {
  std::vector<std::byte> bytes;  ///< empty: none yet
};

/// Builds an engine for device `device`, which is current while it does: minutes of that device's
/// time. `timing` is used, and holds what was measured anew afterwards; one of another device or
/// version is left aside. Errors: check_network's, kUnsupported (a layer, named with its
/// line), kTooLarge (the device's memory doesn't suffice), kDevice (the build failed), these with
/// TensorRT's reason.
Result<EngineBytes> build_engine(const Library& library, int device, const graph::Network& network,
                                 const EngineOptions& options, TimingCache& timing);

}  // namespace yolofleet::backend::tensorrt
