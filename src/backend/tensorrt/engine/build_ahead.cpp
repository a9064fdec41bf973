#include "backend/tensorrt/engine/build_ahead.hpp"

#include <algorithm>
#include <chrono>
#include <future>
#include <mutex>
#include <optional>
#include <system_error>
#include <utility>

#include "backend/tensorrt/engine/obtain.hpp"
#include "backend/tensorrt/engine/try_batches.hpp"
#include "backend/tensorrt/open_lane.hpp"
#include "base/fail.hpp"
#include "cuda/device_guard.hpp"

namespace yolofleet::backend::tensorrt {
namespace {

/// What all groups share.
struct Work {
  const graph::Network& network;
  std::span<const CudaDevice> devices;
  const EngineOptions& engine;
  bool may_shrink;  ///< to smaller batches, as a lane does
  const EngineCache& cache;
  const Library& library;
  OnBuild on_build;
};

/// What one group came to.
struct Outcome {
  std::vector<EngineReport> engines;
  std::vector<std::string> warnings;
  std::optional<Error> error;
};

/// Makes sure that a device has its engine in the cache, and that it can be loaded there.
Result<EngineReport> provide(const Work& work, const CudaDevice& device,
                             const EngineOptions& engine, std::vector<std::string>& warnings) {
  const auto start = std::chrono::steady_clock::now();
  PlanReport report;
  const auto plan =
      obtain_plan(work.library, {work.network, device, engine, work.on_build}, &work.cache, report);
  if (!plan) {
    return tl::unexpected(plan.error());
  }
  if (!report.not_kept.empty()) {
    return base::fail(ErrorCode::kIo, "{}", report.not_kept);
  }
  warnings.insert(warnings.end(), report.warnings.begin(), report.warnings.end());
  std::error_code gone;  // somebody may have cleared the cache since
  const std::uintmax_t bytes = std::filesystem::file_size(report.file, gone);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  return EngineReport{id_of(device), report.file, gone ? 0 : bytes, report.built, took.count()};
}

/// The same with the batch with which a lane on the device begins: as open_cuda_lane, so that it
/// finds this engine.
Result<EngineReport> provide_largest(const Work& work, const CudaDevice& device,
                                     std::vector<std::string>& warnings) {
  EngineOptions engine = work.engine;
  // try_batches catches what an attempt throws; this, that the device can't be made current.
  return cuda::try_with_device(device.index, [&] {
    return try_batches(id_of(device), engine.max_batch, work.may_shrink, warnings,
                       [&](int batch) -> Attempt<EngineReport> {
                         engine.max_batch = batch;
                         return {provide(work, device, engine, warnings), batch / 2};
                       });
  });
}

Outcome provide_group(const Work& work, const DeviceGroup& group) {
  Outcome outcome;
  for (const std::size_t index : group) {
    const CudaDevice& device = work.devices[index];
    auto engine = provide_largest(work, device, outcome.warnings);
    if (!engine) {
      outcome.error = std::move(engine).error();
      return outcome;
    }
    outcome.engines.push_back(*std::move(engine));
  }
  return outcome;
}

/// Different kinds side by side, each in a thread.
std::vector<Outcome> provide_groups(const Work& work, const std::vector<DeviceGroup>& groups) {
  std::vector<std::future<Outcome>> futures;
  futures.reserve(groups.size());
  for (const DeviceGroup& group : groups) {
    futures.push_back(std::async(std::launch::async, [&] { return provide_group(work, group); }));
  }
  std::vector<Outcome> outcomes;
  outcomes.reserve(groups.size());
  for (std::future<Outcome>& future : futures) {
    outcomes.push_back(future.get());
  }
  return outcomes;
}

/// In the order of the devices. Errors: the first of a group.
Result<BuiltEngines> gather(std::vector<Outcome> outcomes, const std::vector<DeviceGroup>& groups,
                            std::size_t devices) {
  BuiltEngines built;
  built.engines.resize(devices);
  for (std::size_t i = 0; i < groups.size(); ++i) {
    Outcome& outcome = outcomes[i];
    if (outcome.error) {
      return tl::unexpected(*std::move(outcome.error));
    }
    for (std::string& warning : outcome.warnings) {
      if (std::find(built.warnings.begin(), built.warnings.end(), warning) ==
          built.warnings.end()) {  // what is wrong with a network is so on every device
        built.warnings.push_back(std::move(warning));
      }
    }
    for (std::size_t j = 0; j < groups[i].size(); ++j) {
      built.engines[groups[i][j]] = std::move(outcome.engines[j]);
    }
  }
  return built;
}

}  // namespace

std::vector<DeviceGroup> group_by_kind(std::span<const CudaDevice> devices) {
  std::vector<DeviceGroup> groups;
  for (std::size_t i = 0; i < devices.size(); ++i) {
    const auto same = std::find_if(groups.begin(), groups.end(), [&](const DeviceGroup& group) {
      return kind_of(devices[group.front()]) == kind_of(devices[i]);
    });
    if (same == groups.end()) {
      groups.push_back({i});
    } else {
      same->push_back(i);
    }
  }
  return groups;
}

Result<BuiltEngines> build_ahead(const graph::Network& network, std::span<const CudaDevice> devices,
                                 const Options& options) {
  const auto engine = engine_options(options);
  if (!engine) {
    return tl::unexpected(engine.error());
  }
  const auto cache = cache_of(options);
  if (!cache) {
    return tl::unexpected(cache.error());
  }
  if (auto writable = (*cache)->check_writable(); !writable) {
    return tl::unexpected(std::move(writable).error());
  }
  const auto library = Library::load();
  if (!library) {
    return tl::unexpected(library.error());
  }
  std::mutex one_at_a_time;
  Work work{network, devices, *engine, options.batch == 0, **cache, **library, {}};
  if (options.on_build) {
    work.on_build = [&](const BuildProgress& progress) {
      const std::lock_guard lock{one_at_a_time};
      options.on_build(progress);
    };
  }
  const auto groups = group_by_kind(devices);
  return gather(provide_groups(work, groups), groups, devices.size());
}

}  // namespace yolofleet::backend::tensorrt
