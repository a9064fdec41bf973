#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "backend/tensorrt/cuda_device.hpp"
#include "backend/tensorrt/engine/builder.hpp"
#include "backend/tensorrt/engine/cache.hpp"
#include "backend/tensorrt/engine/plan.hpp"
#include "backend/tensorrt/engine/shared.hpp"
#include "yolofleet/options.hpp"

namespace yolofleet::backend::tensorrt {

/// The revision of the code that makes engines. Raise it whenever the same options would give
/// another engine, or one that computes differently: when the network builder adds other layers, or
/// when the serialised form or the arithmetic of a plugin changes. Cached engines of another
/// revision aren't used.
inline constexpr int kBuilderRevision = 3;

/// A request for an engine. It only refers to its network, device, options and shared engines,
/// which must outlive it.
struct EngineOrder {
  const graph::Network& network;
  const CudaDevice& device;
  const EngineOptions& options;
  OnBuild on_build = {};  ///< called with the progress of the build
  /// Where devices of one kind share an engine that no cache keeps; null: the order builds its own.
  SharedEngines* shared = nullptr;
};

/// The key of the engine for this network, device and TensorRT: all that it depends on.
EngineKey engine_key(const EngineOrder& order, const std::string& tensorrt_version);

/// Where a plan came from.
struct PlanReport {
  bool built = false;                 ///< the engine was built by this call
  std::filesystem::path file;         ///< the engine's in the cache; empty: it isn't kept
  std::vector<std::string> warnings;  ///< what went wrong with the cache, one line each
  std::string not_kept;               ///< why it isn't kept, also in `warnings`; or empty
  bool shared = false;                ///< the engine is that of EngineOrder::shared
};

/// Stores a built engine and the timing cache of its build. Notes in `report` where the engine is,
/// or why it isn't kept.
void keep_built(const EngineCache& cache, const EngineKey& key, std::span<const std::byte> engine,
                std::span<const std::byte> timings, PlanReport& report);

/// Returns a plan for the order's device. Takes the engine from the cache or, if there is none that
/// can be loaded, builds it, which takes minutes, and stores it there. `cache` may be null. A
/// problem with the cache is a warning, not an error. Errors: as build_engine and Plan::load.
Result<std::unique_ptr<Plan>> obtain_plan(const Library& library, const EngineOrder& order,
                                          const EngineCache* cache, PlanReport& report);

}  // namespace yolofleet::backend::tensorrt
