#include "backend/tensorrt/engine_speed.hpp"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "backend/tensorrt/engine/obtain.hpp"
#include "backend/tensorrt/engine/try_batches.hpp"
#include "backend/tensorrt/network_alone.hpp"
#include "backend/tensorrt/open_lane.hpp"
#include "cuda/device_guard.hpp"

namespace yolofleet::backend::tensorrt {
namespace {

constexpr int kStreams = 2;  // one's kernels fill the gaps between the other's

/// What is measured with, whatever the batch.
struct Measuring {
  const Library& library;
  const Options& options;
  const std::optional<EngineCache>& cache;
  const SpeedRun& run;
};

/// Throws cuda::CudaError.
Result<DeviceSpeed> measure_with(const Measuring& measuring, const EngineOrder& order,
                                 std::vector<std::string>& warnings) {
  const auto& [library, options, cache, run] = measuring;
  PlanReport report;
  auto plan = obtain_plan(library, order, cache ? &*cache : nullptr, report);
  warnings.insert(warnings.end(), report.warnings.begin(), report.warnings.end());
  if (!plan) {
    return tl::unexpected(std::move(plan).error());
  }
  SlotOptions setting;
  setting.input = order.network.input();
  setting.half = order.options.half;
  setting.max_batch = order.options.max_batch;
  setting.thresholds = {options.confidence, options.nms};
  auto alone = NetworkAlone::make(**plan, setting, kStreams);
  if (!alone) {
    return tl::unexpected(std::move(alone).error());
  }
  (*alone)->run(run.warm_up.count());
  DeviceSpeed speed;
  speed.per_second = (*alone)->run(run.measured.count());
  speed.seconds = run.measured.count();
  speed.batches = (*alone)->batches();
  speed.device = id_of(order.device);
  speed.batch = static_cast<std::size_t>(setting.max_batch);
  speed.slots = kStreams;
  speed.description =
      fmt::format("{}: {}, TensorRT {}, {}, batches of {}, the network alone", speed.device,
                  order.device.name, library.version(), name_of(order.options), setting.max_batch);
  return speed;
}

}  // namespace

Result<DeviceSpeed> measure_engine(const graph::Network& network, const CudaDevice& device,
                                   const Options& options, const SpeedRun& run) {
  const auto library = Library::load();
  if (!library) {
    return tl::unexpected(library.error());
  }
  auto engine = engine_options(options);
  if (!engine) {
    return tl::unexpected(engine.error());
  }
  std::vector<std::string> warnings;
  const auto cache = cache_if_any(options, warnings);
  // try_batches catches what an attempt throws; this, that the device can't be made current.
  return cuda::try_with_device(device.index, [&] {
    auto speed =
        try_batches(id_of(device), engine->max_batch, options.batch == 0, warnings,
                    [&](int batch) -> Attempt<DeviceSpeed> {
                      engine->max_batch = batch;
                      return {measure_with({**library, options, cache, run},
                                           {network, device, *engine, options.on_build}, warnings),
                              batch / 2};
                    });
    if (speed) {
      speed->warnings = std::move(warnings);
    }
    return speed;
  });
}

}  // namespace yolofleet::backend::tensorrt
