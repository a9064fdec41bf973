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

/// Of what makes engines. Raise it whenever the same options would give another engine, or one that
/// computes otherwise: when the network builder adds other layers, or a plugin's serialised form or
/// arithmetic changes. Engines of another revision aren't taken.
inline constexpr int kBuilderRevision = 2;

/// What an engine is for. Looks at what somebody else keeps.
struct EngineOrder {
  const graph::Network& network;
  const CudaDevice& device;
  const EngineOptions& options;
  OnBuild on_build = {};  ///< is told while the engine is built
  /// Where an engine that isn't to be kept in a cache is built once for several; null: it is this
  /// order's alone.
  SharedEngines* shared = nullptr;
};

/// What an engine for this network, device and TensorRT depends on.
EngineKey engine_key(const EngineOrder& order, const std::string& tensorrt_version);

/// How a plan came about.
struct PlanReport {
  bool built = false;                 ///< not taken from the cache
  std::filesystem::path file;         ///< of the engine in the cache; empty: it isn't kept
  std::vector<std::string> warnings;  ///< what went wrong with the cache, one line each
  std::string not_kept;               ///< empty, or why it isn't kept: also one of `warnings`
  bool shared = false;                ///< it is the one that EngineOrder::shared has of its key
};

/// Stores an engine that was built, with what was measured meanwhile, and notes in `report` where
/// it is, or why not.
void keep_built(const EngineCache& cache, const EngineKey& key, std::span<const std::byte> engine,
                std::span<const std::byte> timings, PlanReport& report);

/// A plan for a device: from the cache where it holds one that fits, else built, which takes
/// minutes, and stored there. Whatever is wrong with the cache is a warning, not an error.
/// Errors: as build_engine and Plan::load.
Result<std::unique_ptr<Plan>> obtain_plan(const Library& library, const EngineOrder& order,
                                          const EngineCache* cache, PlanReport& report);

}  // namespace yolofleet::backend::tensorrt
