#pragma once

#include "backend/device.hpp"

namespace yolofleet::backend::tensorrt {

/// The GPUs that the CUDA runtime shows to this process, in its order. Without an engine cache,
/// lanes of one kind that are opened from one listing share an engine.
/// Errors: as list_cuda_devices.
Listing list_devices();

}  // namespace yolofleet::backend::tensorrt
