#include "backend/tensorrt/engines.hpp"

#include <fmt/format.h>

#include <optional>
#include <span>
#include <utility>

#include "backend/tensorrt/build_clock.hpp"
#include "graph/fingerprint.hpp"
#include "yolofleet/version.hpp"

namespace yolofleet::backend::tensorrt {
namespace {

/// Looks a plan up; null where the cache has none that can be loaded. Errors: kTooLarge: another
/// one would have no room either.
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

/// Builds the engine and keeps it in `cache`, if there is one.
Result<std::unique_ptr<Plan>> build_plan(const Library& library, const EngineOrder& order,
                                         const EngineKey& key, const EngineCache* cache,
                                         PlanReport& report) {
  const int device = order.device.index;
  TimingCache timing;
  if (cache != nullptr) {
    timing.bytes = cache->load_timings(key);
  }
  report.built = true;
  auto engine = [&] {
    BuildClock clock{order.on_build, {id_of(order.device)}};
    auto built = build_engine(library, device, order.network, order.options, timing);
    if (built) {
      clock.went_well();
    }
    return built;
  }();
  if (!engine) {
    return tl::unexpected(std::move(engine).error());
  }
  const std::span bytes{static_cast<const std::byte*>((*engine)->data()), (*engine)->size()};
  if (cache != nullptr) {
    keep_built(*cache, key, bytes, timing.bytes, report);
  }
  return Plan::load(library, device, bytes);
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
      options.max_detections, options.raw_heads ? "heads" : "detections",
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
    return build_plan(library, order, key, nullptr, report);
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
    return build_plan(library, order, key, nullptr, report);
  }
  // Somebody else may have built it while we waited. What is wrong with it was said already.
  PlanReport again;
  if (auto plan = from_cache(library, device, *cache, key, again); !plan || *plan) {
    report.file = again.file;
    return plan;
  }
  return build_plan(library, order, key, cache, report);
}

}  // namespace yolofleet::backend::tensorrt
