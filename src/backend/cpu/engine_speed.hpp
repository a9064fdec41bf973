#pragma once

#include "backend/cpu/cpu_lane.hpp"
#include "backend/speed_run.hpp"
#include "yolofleet/report.hpp"

namespace yolofleet::backend::cpu {

/// Runs the network on random inputs, with as many threads as a lane of this engine has. Errors:
/// that of a request that can't be created, or that fails.
Result<DeviceSpeed> measure_engine(const CpuEngine& engine, const SpeedRun& run);

}  // namespace yolofleet::backend::cpu
