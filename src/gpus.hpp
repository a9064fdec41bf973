#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "backend/head_run.hpp"
#include "backend/speed_run.hpp"
#include "fleet/fleet.hpp"
#include "graph/network.hpp"
#include "yolofleet/device.hpp"
#include "yolofleet/engines.hpp"
#include "yolofleet/options.hpp"
#include "yolofleet/speed.hpp"

/// The GPUs as the rest of the library sees them, whether this build has the back end for them or
/// not: gpus_tensorrt.cpp or gpus_none.cpp. Those also have the calls of the public engines.hpp
/// that are about the cache.
namespace yolofleet {

/// Those of this machine, usable or not. Errors: kNotFound (there is none, no driver, or this
/// program was built without the back end), kMismatch (a driver that is too old), kDevice (GPUs
/// that don't work).
Result<std::vector<DeviceInfo>> list_gpus();

/// Lanes on these of `list_gpus()`, ready to be opened, in their order. Equal ones share one
/// engine, also where no cache keeps it. See lanes_for.
std::vector<fleet::OpenLane> gpu_lanes(const graph::Network& network,
                                       std::span<const std::size_t> indexes,
                                       const Options& options);

/// The same up to the heads, with engines of their own; see RawHeads::open.
Result<std::unique_ptr<backend::HeadRun>> gpu_heads(const graph::Network& network,
                                                    std::size_t index, const Options& options);

/// The work of engine_speed, on `list_gpus()[index]`.
Result<DeviceSpeed> gpu_engine_speed(const graph::Network& network, std::size_t index,
                                     const Options& options, const backend::SpeedRun& run);

/// Page-locked memory for pixels, `bytes` of it; see Detector::pixel_memory. `index`: of a GPU in
/// use. Errors: kTooLarge, kDevice.
Result<std::shared_ptr<PixelMemory>> gpu_pixel_memory(std::size_t index, std::size_t bytes);

/// The work of build_engines, on these of `list_gpus()`.
Result<BuiltEngines> build_gpu_engines(const graph::Network& network,
                                       std::span<const std::size_t> indexes,
                                       const Options& options);

}  // namespace yolofleet
