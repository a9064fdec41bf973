#include "backend/tensorrt/engine_speed.hpp"

#include <fmt/format.h>

#include <utility>

#include "backend/tensorrt/network_alone.hpp"

namespace yolofleet::backend::tensorrt {
namespace {

constexpr int kStreams = 2;  // the kernels of each fill the gaps between the other's

SlotOptions setting_for(const Opening& opening, int batch) {
  SlotOptions setting;
  setting.input = opening.network().input();
  setting.half = opening.engine().half;
  setting.max_batch = batch;
  setting.thresholds = {opening.options().confidence, opening.options().nms};
  return setting;
}

/// Throws cuda::CudaError.
Result<DeviceSpeed> measure_with(const Opening& opening, int batch, const SpeedRun& run,
                                 std::vector<std::string>& warnings) {
  PlanReport report;
  auto plan = opening.plan(batch, report);
  warnings.insert(warnings.end(), report.warnings.begin(), report.warnings.end());
  if (!plan) {
    return tl::unexpected(std::move(plan).error());
  }
  auto alone = NetworkAlone::make(**plan, setting_for(opening, batch), kStreams);
  if (!alone) {
    return tl::unexpected(std::move(alone).error());
  }
  (*alone)->run(run.warm_up.count());
  DeviceSpeed speed;
  speed.per_second = (*alone)->run(run.measured.count());
  speed.seconds = run.measured.count();
  speed.batches = (*alone)->batches();
  speed.device = id_of(opening.device());
  speed.batch = static_cast<std::size_t>(batch);
  speed.slots = kStreams;
  speed.description = opening.description(fmt::format("batches of {}, the network alone", batch));
  return speed;
}

}  // namespace

Result<DeviceSpeed> measure_engine(const Opening& opening, const SpeedRun& run) {
  std::vector<std::string> warnings;
  warn_of_missing_cache(opening.cache(), warnings);
  auto speed = opening.with_batches(warnings, [&](int batch) -> Attempt<DeviceSpeed> {
    return {measure_with(opening, batch, run, warnings), batch / 2};
  });
  if (speed) {
    speed->warnings = std::move(warnings);
  }
  return speed;
}

}  // namespace yolofleet::backend::tensorrt
