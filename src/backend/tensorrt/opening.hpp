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

/// The options of the engine that a lane with these options runs. Errors: kUnsupported (a
/// precision).
Result<EngineOptions> engine_options(const Options& options);

/// "fp16", "tf32" or "fp32".
const char* precision_name(const EngineOptions& options);

/// The cache of these options; nothing with use_engine_cache false. Errors: as
/// EngineCache::default_folder.
Result<std::optional<EngineCache>> cache_of(const Options& options);

/// Adds to `warnings` that the engine isn't kept, if the cache can't be found.
void warn_of_missing_cache(const Result<std::optional<EngineCache>>& cache,
                           std::vector<std::string>& warnings);

/// What an Opening is for.
struct Purpose {
  SharedEngines* shared = nullptr;  ///< of the devices that are opened at the same time, or null
  bool raw_heads = false;           ///< the engine ends at the heads' inputs, for one picture
  bool must_keep = false;           ///< a cache that can't be written is an error
};

/// Everything that a device's engine is made of: TensorRT, the engine's options, the cache, and the
/// engines of devices that are opened at the same time. A lane, the heads, a measurement and a
/// build ahead each begin with one. Looks at the device and the work that it was made with, which
/// must outlive it. One thread at a time.
class Opening {
 public:
  /// Purpose::shared must outlive it. Errors: kUnsupported (a precision), kIo (the cache, if the
  /// engine must be kept), kNotFound, kMismatch, kDevice (TensorRT).
  static Result<Opening> make(const CudaDevice& device, const Workload& work,
                              const Purpose& purpose = {});

  /// Errors: those of `cache_of`.
  const Result<std::optional<EngineCache>>& cache() const noexcept { return cache_; }

  /// The plan for batches of up to `batch`, from the cache or built, which takes minutes. What is
  /// wrong with the cache is in `report`, not an error. Errors: as obtain_plan.
  Result<std::unique_ptr<Plan>> plan(int batch, PlanReport& report) const;

  /// Calls `attempt(batch)` with the device current, as try_batches does: with Options::batch, or
  /// where that is 0 with 16 and smaller ones until the device's memory suffices.
  template <typename Try>
  auto with_batches(std::vector<std::string>& warnings, const Try& attempt) const {
    // try_batches catches what an attempt throws; this, that the device can't be made current.
    return cuda::try_with_device(device_.index, [&] {
      return try_batches(id_of(device_), engine_.max_batch, work_.options.batch == 0, warnings,
                         attempt);
    });
  }

  /// "cuda:0: NVIDIA H100 80GB HBM3, TensorRT 8.6.0, fp16, ENDING".
  std::string description(std::string_view ending) const;
  /// What gives the same bits for a picture: the engine of `report`, on this kind of device.
  std::string lane_kind(int batch, const PlanReport& report) const;

  const CudaDevice& device() const noexcept { return device_; }
  const graph::Network& network() const noexcept { return work_.network; }
  const Options& options() const noexcept { return work_.options; }
  /// Its max_batch is the largest to try.
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
