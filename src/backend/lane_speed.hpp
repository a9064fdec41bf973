#pragma once

#include <span>

#include "backend/device.hpp"

namespace yolofleet::backend {

/// Opens a lane on the device and keeps it full of these pictures, copied first to memory from
/// which the device fetches them, if it has such. Errors: as yolofleet::lane_speed.
/// Precondition: at least one picture, each with pixels.
Result<DeviceSpeed> measure_lane(Device& device, const Workload& work,
                                 std::span<const PixelView> pictures, const SpeedRun& run);

}  // namespace yolofleet::backend
