#pragma once

#include <vector>

#include "fleet/fleet.hpp"
#include "graph/network.hpp"
#include "yolofleet/device.hpp"
#include "yolofleet/options.hpp"

/// The GPUs as the rest of the library sees them, whether this build has the back end for them or
/// not: gpus_tensorrt.cpp or gpus_none.cpp.
namespace yolofleet {

/// Those of this machine, usable or not; or why there is none (kNotFound).
Result<std::vector<DeviceInfo>> list_gpus();

/// A lane on `list_gpus()[index]`, ready to be opened. See lanes_for.
fleet::OpenLane gpu_lane(const graph::Network& network, std::size_t index, const Options& options,
                         std::vector<std::string>& warnings);

}  // namespace yolofleet
