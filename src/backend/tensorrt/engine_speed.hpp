#pragma once

#include "backend/speed_run.hpp"
#include "backend/tensorrt/opening.hpp"
#include "yolofleet/report.hpp"

namespace yolofleet::backend::tensorrt {

/// The work of Device::measure. The engine is that of a lane with these options; with
/// Options::batch 0, batches are halved until the device's memory suffices, which may leave larger
/// ones than a lane's. Errors: as yolofleet::engine_speed.
Result<DeviceSpeed> measure_engine(const Opening& opening, const SpeedRun& run);

}  // namespace yolofleet::backend::tensorrt
