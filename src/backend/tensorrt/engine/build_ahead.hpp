#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "backend/tensorrt/cuda_device.hpp"
#include "graph/network.hpp"
#include "yolofleet/engines.hpp"

namespace yolofleet::backend::tensorrt {

/// Indexes of devices of one kind, in the order in which they are named. One engine is for all of
/// them: the first builds it, the others take what it built.
using DeviceGroup = std::vector<std::size_t>;

/// The groups, in the order of their first devices.
std::vector<DeviceGroup> group_by_kind(std::span<const CudaDevice> devices);

/// The work of yolofleet::build_engines for these devices, whose errors it has. Precondition: the
/// options have a cache.
Result<BuiltEngines> build_ahead(const graph::Network& network, std::span<const CudaDevice> devices,
                                 const Options& options);

}  // namespace yolofleet::backend::tensorrt
