#include "backend/tensorrt/engines.hpp"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "graph/fingerprint.hpp"
#include "yolofleet/version.hpp"

namespace yolofleet::backend::tensorrt {
namespace {

/// Looks a plan up; nothing where the cache has none that can be loaded.
std::unique_ptr<Plan> from_cache(const Library& library, int device, const EngineCache& cache,
                                 const EngineKey& key, PlanReport& report) {
  std::string problem;
  const auto engine = cache.load(key, &problem);
  if (!problem.empty()) {
    report.warnings.push_back(problem + "; the engine is built anew");
  }
  if (!engine) {
    return nullptr;
  }
  auto plan = Plan::load(library, device, *engine);
  if (!plan) {
    report.warnings.push_back((cache.folder() / key.file_name()).string() + ": " +
                              plan.error().message + "; the engine is built anew");
    return nullptr;
  }
  return *std::move(plan);
}

void note(PlanReport& report, const Result<void>& stored) {
  if (!stored) {
    report.warnings.push_back(stored.error().message + "; the engine isn't kept");
  }
}

}  // namespace

EngineKey engine_key(const EngineOrder& order, const std::string& tensorrt_version) {
  const auto& [network, device, options] = order;
  EngineKey key;
  key.model = network.name();
  key.text = fmt::format(
      "network {}\nyolofleet {}\ntensorrt {}\ndevice {} ({}.{}, {} multiprocessors)\n"
      "precision {}\nmish {}\nmax_batch {}\nmax_detections {}\noutputs {}\nlevel {}\n",
      graph::fingerprint(network), version(), tensorrt_version, device.name, device.major,
      device.minor, device.multiprocessors,
      options.half ? "fp16" : (options.tf32 ? "tf32" : "fp32"),
      options.mish == MishKind::kPlugin ? "plugin" : "native", options.max_batch,
      options.max_detections, options.raw_heads ? "heads" : "detections",
      options.optimization_level);
  return key;
}

Result<std::unique_ptr<Plan>> obtain_plan(const Library& library, const EngineOrder& order,
                                          const EngineCache* cache, PlanReport& report) {
  const int device = order.device.index;
  const EngineKey key = engine_key(order, library.version());
  if (cache != nullptr) {
    if (auto plan = from_cache(library, device, *cache, key, report)) {
      return plan;
    }
  }
  std::optional<EngineCache::Lock> lock;
  TimingCache timing;
  if (cache != nullptr) {
    auto taken = EngineCache::Lock::take(*cache, key);
    if (taken) {
      lock.emplace(*std::move(taken));
      // Somebody else may have built it while we waited.
      PlanReport again;
      if (auto plan = from_cache(library, device, *cache, key, again)) {
        return plan;
      }
    } else {
      report.warnings.push_back(taken.error().message + "; the engine isn't kept");
      cache = nullptr;
    }
  }
  if (cache != nullptr) {
    timing.bytes = cache->load_timings(key);
  }
  report.built = true;
  auto engine = build_engine(library, device, order.network, order.options, timing);
  if (!engine) {
    return tl::unexpected(std::move(engine).error());
  }
  const std::span bytes{static_cast<const std::byte*>((*engine)->data()), (*engine)->size()};
  if (cache != nullptr) {
    note(report, cache->store(key, bytes));
    note(report, cache->store_timings(key, timing.bytes));
  }
  return Plan::load(library, device, bytes);
}

}  // namespace yolofleet::backend::tensorrt
