#pragma once

#include <cstddef>
#include <vector>

#include "backend/device.hpp"
#include "yolofleet/engine_report.hpp"

namespace yolofleet::backend {

/// The indexes of the devices of one kind, in their order. These devices share an engine.
using DeviceGroup = std::vector<std::size_t>;

/// Groups the devices by Device::engine_kind. The groups are in the order of their first devices.
std::vector<DeviceGroup> group_by_kind(const Devices& devices);

/// Prepares every device. Different kinds are prepared at the same time. The devices of one kind
/// are prepared one after the other: the first builds the engine, and the others find it in the
/// cache. Options::on_build is called by one thread at a time. Precondition: no engine_kind is
/// empty. Errors: that of the first group that fails.
Result<BuiltEngines> prepare_all(const Devices& devices, const Workload& work);

}  // namespace yolofleet::backend
