#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "backend/device.hpp"
#include "backend/tensorrt/cuda_device.hpp"
#include "backend/tensorrt/engine/cache.hpp"
#include "backend/tensorrt/engine/obtain.hpp"
#include "backend/tensorrt/engine/shared.hpp"
#include "backend/tensorrt/engine/try_batches.hpp"
#include "cuda/device_guard.hpp"

namespace yolofleet::backend::tensorrt {

/// The options of the engine for a lane with these options. Errors: kUnsupported (a precision).
Result<EngineOptions> engine_options(const Options& options);

/// "fp16", "tf32" or "fp32".
const char* precision_name(const EngineOptions& options);

/// The engine cache that the options select; none if use_engine_cache is false. Errors: as
/// EngineCache::default_folder.
Result<std::optional<EngineCache>> cache_of(const Options& options);

/// If `cache` is an error, adds to `warnings` that the engine isn't kept.
void warn_of_missing_cache(const Result<std::optional<EngineCache>>& cache,
                           std::vector<std::string>& warnings);

/// The purpose of an Opening.
struct Purpose {
  SharedEngines* shared = nullptr;  ///< engines of devices opened at the same time, or null
  bool raw_heads = false;           ///< engine ends at the heads' inputs; batch of 1
  bool must_keep = false;           ///< a cache that can't be written is an error
};

/// Everything that a device's engine is made from: TensorRT, the engine's options, the cache, and
/// the engines of devices that are opened at the same time. Device::open_lane, open_heads, measure
/// and prepare each make one. It keeps references to the device and the work that it was made with,
/// which must outlive it. One thread at a time.
class Opening {
 public:
  /// Purpose::shared must outlive it. Errors: kUnsupported (a precision), kIo (the cache, if the
  /// engine must be kept), kNotFound, kMismatch, kDevice (TensorRT).
  static Result<Opening> make(const CudaDevice& device, const Workload& work,
                              const Purpose& purpose = {});

  /// Errors: those of `cache_of`.
  const Result<std::optional<EngineCache>>& cache() const noexcept { return cache_; }

  /// Returns the plan for batches of up to `batch`: from the cache, or built, which takes minutes.
  /// A problem with the cache is a warning in `report`, not an error. Errors: as obtain_plan.
  Result<std::unique_ptr<Plan>> plan(int batch, PlanReport& report) const;

  /// Calls `attempt(batch)` as try_batches does, with the device current: with Options::batch or,
  /// if that is 0, with 16 and then smaller batches until the device's memory suffices.
  template <typename Try>
  auto with_batches(std::vector<std::string>& warnings, const Try& attempt) const {
    // try_batches catches what an attempt throws; try_with_device catches the error of a device
    // that can't be made current.
    return cuda::try_with_device(device_.index, [&] {
      return try_batches(id_of(device_), engine_.max_batch, work_.options.batch == 0, warnings,
                         attempt);
    });
  }

  /// "cuda:0: NVIDIA H100 80GB HBM3, TensorRT 8.6.0, fp16, ENDING".
  std::string description(std::string_view ending) const;
  /// LaneInfo::kind of a lane that runs the engine of `report`.
  std::string lane_kind(int batch, const PlanReport& report) const;

  const CudaDevice& device() const noexcept { return device_; }
  const graph::Network& network() const noexcept { return work_.network; }
  const Options& options() const noexcept { return work_.options; }
  /// The options of the engine. Their max_batch is the largest batch to try.
  const EngineOptions& engine() const noexcept { return engine_; }

 private:
  Opening(const CudaDevice& device, const Workload& work, const Library& library,
          EngineOptions engine, Result<std::optional<EngineCache>> cache, SharedEngines* shared);
  EngineOptions engine_for(int batch) const;

  const CudaDevice& device_;
  Workload work_;
  const Library& library_;
  EngineOptions engine_;
  Result<std::optional<EngineCache>> cache_;
  SharedEngines* shared_;
};

}  // namespace yolofleet::backend::tensorrt
