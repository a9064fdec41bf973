#include "backend/tensorrt/lane/open_lane.hpp"

#include <fmt/format.h>

#include <utility>

#include "backend/fit.hpp"
#include "backend/tensorrt/lane/cuda_lane.hpp"
#include "backend/tensorrt/lane/lane_memory.hpp"
#include "cuda/memory.hpp"

namespace yolofleet::backend::tensorrt {
namespace {

// Three batches are computed while a fourth has its pixels on the device and those of a fifth are
// on their way.
// A batch of full-HD frames of this size, or fewer larger ones, goes up as it is; the CPU resizes
// the rest first.
constexpr std::size_t kPixelBytesAPicture = std::size_t{1920} * 1080 * 3;

Precision precision_of(const EngineOptions& options) {
  return options.half ? Precision::kFp16 : (options.tf32 ? Precision::kTf32 : Precision::kFp32);
}

CudaLaneOptions lane_options(const Opening& opening, int batch) {
  const Options& options = opening.options();
  const EngineOptions& engine = opening.engine();
  CudaLaneOptions lane;
  lane.slot.input = opening.network().input();
  lane.slot.half = engine.half;
  lane.slot.max_batch = batch;
  lane.slot.max_detections = engine.max_detections;
  lane.slot.pixel_bytes = kPixelBytesAPicture * static_cast<std::size_t>(batch);
  lane.slot.thresholds = {options.confidence, options.nms};
  lane.slot.fit = fit_of(options.resize, opening.network().letterbox());
  lane.slots = static_cast<std::size_t>(options.slots > 0 ? options.slots : kDefaultSlots);
  lane.keep_pixels = options.keep_pixels;
  return lane;
}

LaneInfo lane_info(const Opening& opening, int batch, const PlanReport& report) {
  LaneInfo info;
  info.device = id_of(opening.device());
  info.description = opening.description(fmt::format("batches of up to {}", batch));
  info.kind = opening.lane_kind(batch, report);
  info.precision = precision_of(opening.engine());
  info.takes_device_images = true;
  return info;
}

/// Throws cuda::CudaError.
Attempt<std::unique_ptr<Lane>> open_with(const Opening& opening, int batch,
                                         const OnFinished& on_finished,
                                         std::vector<std::string>& warnings) {
  PlanReport report;
  auto plan = opening.plan(batch, report);
  warnings.insert(warnings.end(), report.warnings.begin(), report.warnings.end());
  if (!plan) {
    return {tl::unexpected(std::move(plan).error()), batch / 2};
  }
  const CudaLaneOptions options = lane_options(opening, batch);
  const MemoryNeed need{options.slot, options.slots, (*plan)->activation_bytes()};
  const int smaller = need.batch_that_fits(cuda::free_bytes(opening.device().index));
  return {make_cuda_lane(*std::move(plan), lane_info(opening, batch, report), options, on_finished),
          smaller};
}

}  // namespace

Result<std::unique_ptr<Lane>> open_cuda_lane(const Opening& opening, const OnFinished& on_finished,
                                             std::vector<std::string>& warnings) {
  warn_of_missing_cache(opening.cache(), warnings);
  return opening.with_batches(
      warnings, [&](int batch) { return open_with(opening, batch, on_finished, warnings); });
}

}  // namespace yolofleet::backend::tensorrt
