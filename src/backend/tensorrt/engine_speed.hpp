#pragma once

#include "backend/speed_run.hpp"
#include "backend/tensorrt/cuda_device.hpp"
#include "graph/network.hpp"
#include "yolofleet/options.hpp"
#include "yolofleet/speed.hpp"

namespace yolofleet::backend::tensorrt {

/// The work of yolofleet::engine_speed on this device, whose errors it has. The engine is that of a
/// lane with these options; with Options::batch 0, batches are halved until the device's memory
/// suffices, which may be larger ones than the lane's.
Result<DeviceSpeed> measure_engine(const graph::Network& network, const CudaDevice& device,
                                   const Options& options, const SpeedRun& run);

}  // namespace yolofleet::backend::tensorrt
