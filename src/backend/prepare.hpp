#pragma once

#include <cstddef>
#include <vector>

#include "backend/device.hpp"
#include "yolofleet/engine_report.hpp"

namespace yolofleet::backend {

/// Indexes of devices of one kind, in their order: they share an engine.
using DeviceGroup = std::vector<std::size_t>;

/// The groups by Device::engine_kind, in the order of their first devices.
std::vector<DeviceGroup> group_by_kind(const Devices& devices);

/// Prepares every device. Different kinds are prepared at the same time, the devices of one kind
/// one after the other, so that the first builds the engine and the others find it.
/// Options::on_build is called by one thread at a time. Precondition: each device has an
/// engine_kind. Errors: that of the first group that fails.
Result<BuiltEngines> prepare_all(const Devices& devices, const Workload& work);

}  // namespace yolofleet::backend
