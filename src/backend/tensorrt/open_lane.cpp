#include "backend/tensorrt/open_lane.hpp"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "backend/tensorrt/engine/obtain.hpp"
#include "backend/tensorrt/engine/try_batches.hpp"
#include "backend/tensorrt/lane/cuda_lane.hpp"
#include "backend/tensorrt/lane/lane_memory.hpp"
#include "base/fail.hpp"
#include "cuda/device_guard.hpp"
#include "cuda/memory.hpp"

namespace yolofleet::backend::tensorrt {
namespace {

constexpr int kDefaultBatch = 16;
// A batch of full-HD frames of this size, or fewer larger ones, goes up as it is; what is beyond
// it is resized by the CPU first.
constexpr std::size_t kPixelBytesAPicture = std::size_t{1920} * 1080 * 3;

Precision precision_of(const EngineOptions& options) {
  return options.half ? Precision::kFp16 : (options.tf32 ? Precision::kTf32 : Precision::kFp32);
}

}  // namespace

const char* name_of(const EngineOptions& options) {
  return options.half ? "fp16" : (options.tf32 ? "tf32" : "fp32");
}

Result<EngineOptions> engine_options(const Options& options) {
  EngineOptions engine;
  if (options.precision == Precision::kBf16) {
    return base::fail(ErrorCode::kUnsupported,
                      "GPUs compute in fp16, tf32 or fp32 here; bf16 is for the CPU");
  }
  engine.half = options.precision == Precision::kAuto || options.precision == Precision::kFp16;
  engine.tf32 = options.precision == Precision::kTf32;
  engine.mish = options.mish == Mish::kPlugin ? MishKind::kPlugin : MishKind::kNative;
  engine.max_batch = options.batch > 0 ? options.batch : kDefaultBatch;
  engine.max_detections = options.max_detections;
  engine.optimization_level = options.build_level;
  return engine;
}

namespace {

CudaLaneOptions lane_options(const graph::Network& network, const Options& options,
                             const EngineOptions& engine) {
  CudaLaneOptions lane;
  lane.slot.input = network.input();
  lane.slot.half = engine.half;
  lane.slot.max_batch = engine.max_batch;
  lane.slot.max_detections = engine.max_detections;
  lane.slot.pixel_bytes = kPixelBytesAPicture * static_cast<std::size_t>(engine.max_batch);
  lane.slot.thresholds = {options.confidence, options.nms};
  const bool letterbox = options.resize == Resize::kLetterbox ||
                         (options.resize == Resize::kModel && network.letterbox());
  lane.slot.fit = letterbox ? ops::Fit::kLetterbox : ops::Fit::kStretch;
  if (options.slots > 0) {
    lane.slots = static_cast<std::size_t>(options.slots);
  }
  lane.keep_pixels = options.keep_pixels;
  return lane;
}

}  // namespace

Result<std::optional<EngineCache>> cache_of(const Options& options) {
  if (!options.use_engine_cache) {
    return std::nullopt;
  }
  if (!options.engine_cache.empty()) {
    return EngineCache{options.engine_cache};
  }
  return EngineCache::default_folder().map(
      [](const std::filesystem::path& folder) { return std::optional{EngineCache{folder}}; });
}

std::optional<EngineCache> cache_if_any(const Options& options,
                                        std::vector<std::string>& warnings) {
  auto cache = cache_of(options);
  if (!cache) {
    warnings.push_back(cache.error().message + "; the engine isn't kept");
    return std::nullopt;
  }
  return *std::move(cache);
}

namespace {

LaneInfo lane_info(const Library& library, const EngineOrder& order, const PlanReport& report) {
  LaneInfo info;
  info.device = id_of(order.device);
  info.description =
      fmt::format("{}: {}, TensorRT {}, {}, batches of up to {}", info.device, order.device.name,
                  library.version(), name_of(order.options), order.options.max_batch);
  // Another build of the same may choose other kernels.
  info.kind = !report.file.empty() ? report.file.string()
              : report.shared      ? engine_key(order, library.version()).file_name()
                                   : info.device;
  info.precision = precision_of(order.options);
  return info;
}

/// What a lane is opened with, whatever its batch.
struct Opening {
  const Library& library;
  const Options& options;
  const std::optional<EngineCache>& cache;
  const OnFinished& on_finished;
};

/// Opens with the batch that `order` says. Throws cuda::CudaError.
Attempt<std::unique_ptr<Lane>> open_with(const Opening& opening, const EngineOrder& order,
                                         std::vector<std::string>& warnings) {
  const auto& [library, options, cache, on_finished] = opening;
  PlanReport report;
  auto plan = obtain_plan(library, order, cache ? &*cache : nullptr, report);
  warnings.insert(warnings.end(), report.warnings.begin(), report.warnings.end());
  if (!plan) {
    return {tl::unexpected(std::move(plan).error()), order.options.max_batch / 2};
  }
  const CudaLaneOptions lane = lane_options(order.network, options, order.options);
  const MemoryNeed need{lane.slot, lane.slots, (*plan)->activation_bytes()};
  const int smaller = need.batch_that_fits(cuda::free_bytes(order.device.index));
  return {make_cuda_lane(*std::move(plan), lane_info(library, order, report), lane, on_finished),
          smaller};
}

}  // namespace

Result<std::string> tensorrt_version() {
  return Library::load().map([](const Library* library) { return library->version(); });
}

Result<std::unique_ptr<Lane>> open_cuda_lane(const LaneOrder& lane_order,
                                             std::vector<std::string>& warnings,
                                             const OnFinished& on_finished) {
  const Options& options = lane_order.options;
  const auto library = Library::load();
  if (!library) {
    return tl::unexpected(library.error());
  }
  auto engine = engine_options(options);
  if (!engine) {
    return tl::unexpected(engine.error());
  }
  const auto cache = cache_if_any(options, warnings);
  // try_batches catches what an attempt throws; this, that the device can't be made current.
  return cuda::try_with_device(lane_order.device.index, [&] {
    return try_batches(
        id_of(lane_order.device), engine->max_batch, options.batch == 0, warnings, [&](int batch) {
          engine->max_batch = batch;
          return open_with(
              {**library, options, cache, on_finished},
              {lane_order.network, lane_order.device, *engine, options.on_build, lane_order.shared},
              warnings);
        });
  });
}

}  // namespace yolofleet::backend::tensorrt
