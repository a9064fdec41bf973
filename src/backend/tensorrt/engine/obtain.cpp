#include "backend/tensorrt/engine/obtain.hpp"

#include <fmt/format.h>

#include <optional>
#include <span>
#include <utility>

#include "backend/tensorrt/engine/build_clock.hpp"
#include "graph/fingerprint.hpp"
#include "yolofleet/version.hpp"

namespace yolofleet::backend::tensorrt {
namespace {

/// The plan in the cache; null if the cache has none that can be loaded. Errors: kTooLarge (the
/// device's memory, which would not suffice for a newly built plan either).
Result<std::unique_ptr<Plan>> from_cache(const Library& library, int device,
                                         const EngineCache& cache, const EngineKey& key,
                                         PlanReport& report) {
  std::string problem;
  const auto engine = cache.load(key, &problem);
  if (!problem.empty()) {
    report.warnings.push_back(problem + "; the engine is built anew");
  }
  if (!engine) {
    return nullptr;
  }
  const std::filesystem::path file = cache.folder() / key.file_name();
  auto plan = Plan::load(library, device, *engine);
  if (!plan && plan.error().code != ErrorCode::kTooLarge) {
    report.warnings.push_back(file.string() + ": " + plan.error().message +
                              "; the engine is built anew");
    return nullptr;
  }
  report.file = file;
  return plan;
}

void note_not_kept(const Error& why, PlanReport& report) {
  report.not_kept = why.message + "; the engine isn't kept";
  report.warnings.push_back(report.not_kept);
}

/// Builds the engine and reports the progress to the order's `on_build`. Errors: as build_engine.
Result<SharedEngine> build(const Library& library, const EngineOrder& order, TimingCache& timing) {
  BuildClock clock{order.on_build, {id_of(order.device)}};
  auto built = build_engine(library, order.device.index, order.network, order.options, timing);
  if (!built) {
    return tl::unexpected(std::move(built).error());
  }
  clock.went_well();
  const std::span bytes{static_cast<const std::byte*>((*built)->data()), (*built)->size()};
  return SharedEngine{std::shared_ptr<const void>{*std::move(built)}, bytes};
}

/// Builds the engine and keeps it in `cache`.
Result<std::unique_ptr<Plan>> build_and_keep(const Library& library, const EngineOrder& order,
                                             const EngineKey& key, const EngineCache& cache,
                                             PlanReport& report) {
  TimingCache timing{cache.load_timings(key)};
  report.built = true;
  const auto engine = build(library, order, timing);
  if (!engine) {
    return tl::unexpected(engine.error());
  }
  keep_built(cache, key, engine->bytes, timing.bytes, report);
  return Plan::load(library, order.device.index, engine->bytes);
}

/// A plan without a cache: the order builds the engine, or takes the one that another order built.
Result<std::unique_ptr<Plan>> build_or_share(const Library& library, const EngineOrder& order,
                                             const EngineKey& key, PlanReport& report) {
  const auto build_it = [&] {
    TimingCache timing;
    report.built = true;
    return build(library, order, timing);
  };
  std::optional<BuildClock> waiting;
  const auto on_wait = [&] {
    waiting.emplace(order.on_build, BuildProgress{id_of(order.device), 0, true});
  };
  const auto engine =
      order.shared != nullptr ? order.shared->get(key.text, build_it, on_wait) : build_it();
  if (waiting && engine) {
    waiting->went_well();
  }
  waiting.reset();
  if (!engine) {
    return tl::unexpected(engine.error());
  }
  report.shared = order.shared != nullptr;
  return Plan::load(library, order.device.index, engine->bytes);
}

}  // namespace

EngineKey engine_key(const EngineOrder& order, const std::string& tensorrt_version) {
  const EngineOptions& options = order.options;
  EngineKey key;
  key.model = order.network.name();
  key.text = fmt::format(
      "network {}\nyolofleet {}\nbuilder {}\ntensorrt {}\ndevice {}\n"
      "precision {}\nmish {}\nmax_batch {}\nmax_detections {}\noutputs {}\nlevel {}\n",
      graph::fingerprint(order.network), version(), kBuilderRevision, tensorrt_version,
      kind_of(order.device), options.half ? "fp16" : (options.tf32 ? "tf32" : "fp32"),
      options.mish == MishKind::kPlugin ? "plugin" : "native", options.max_batch,
      options.raw_heads ? 0 : options.max_detections, options.raw_heads ? "heads" : "detections",
      options.optimization_level);
  return key;
}

void keep_built(const EngineCache& cache, const EngineKey& key, std::span<const std::byte> engine,
                std::span<const std::byte> timings, PlanReport& report) {
  if (const auto stored = cache.store(key, engine); !stored) {
    note_not_kept(stored.error(), report);
  } else {
    report.file = cache.folder() / key.file_name();
  }
  if (const auto stored = cache.store_timings(key, timings); !stored) {
    report.warnings.push_back(stored.error().message + "; the next build takes as long");
  }
}

Result<std::unique_ptr<Plan>> obtain_plan(const Library& library, const EngineOrder& order,
                                          const EngineCache* cache, PlanReport& report) {
  const int device = order.device.index;
  const EngineKey key = engine_key(order, library.version());
  if (cache == nullptr) {
    return build_or_share(library, order, key, report);
  }
  if (auto plan = from_cache(library, device, *cache, key, report); !plan || *plan) {
    return plan;
  }
  std::optional<BuildClock> waiting;
  const auto lock = EngineCache::Lock::take(*cache, key, [&] {
    waiting.emplace(order.on_build, BuildProgress{id_of(order.device), 0, true});
  });
  if (waiting && lock) {
    waiting->went_well();
  }
  waiting.reset();
  if (!lock) {
    note_not_kept(lock.error(), report);
    return build_or_share(library, order, key, report);
  }
  // Another process may have built it meanwhile. The first look-up reported the problems already.
  PlanReport again;
  if (auto plan = from_cache(library, device, *cache, key, again); !plan || *plan) {
    report.file = again.file;
    return plan;
  }
  return build_and_keep(library, order, key, *cache, report);
}

}  // namespace yolofleet::backend::tensorrt
