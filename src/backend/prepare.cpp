#include "backend/prepare.hpp"

#include <algorithm>
#include <future>
#include <optional>
#include <utility>

#include "backend/one_at_a_time.hpp"

namespace yolofleet::backend {
namespace {

/// The result of one group.
struct Outcome {
  std::vector<EngineReport> engines;
  std::vector<std::string> warnings;
  std::optional<Error> error;
};

Outcome prepare_group(const Devices& devices, const DeviceGroup& group, const Workload& work) {
  Outcome outcome;
  for (const std::size_t index : group) {
    auto engine = devices[index]->prepare(work, outcome.warnings);
    if (!engine) {
      outcome.error = std::move(engine).error();
      return outcome;
    }
    outcome.engines.push_back(*std::move(engine));
  }
  return outcome;
}

/// One thread a group.
std::vector<Outcome> prepare_groups(const Devices& devices, const std::vector<DeviceGroup>& groups,
                                    const Workload& work) {
  std::vector<std::future<Outcome>> futures;
  futures.reserve(groups.size());
  for (const DeviceGroup& group : groups) {
    futures.push_back(
        std::async(std::launch::async, [&] { return prepare_group(devices, group, work); }));
  }
  std::vector<Outcome> outcomes;
  outcomes.reserve(groups.size());
  for (std::future<Outcome>& future : futures) {
    outcomes.push_back(future.get());
  }
  return outcomes;
}

/// In the order of the devices.
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
          built.warnings.end()) {  // a warning about the network comes from every device
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

std::vector<DeviceGroup> group_by_kind(const Devices& devices) {
  std::vector<DeviceGroup> groups;
  for (std::size_t i = 0; i < devices.size(); ++i) {
    const auto same = std::find_if(groups.begin(), groups.end(), [&](const DeviceGroup& group) {
      return devices[group.front()]->engine_kind() == devices[i]->engine_kind();
    });
    if (same == groups.end()) {
      groups.push_back({i});
    } else {
      same->push_back(i);
    }
  }
  return groups;
}

Result<BuiltEngines> prepare_all(const Devices& devices, const Workload& work) {
  Options options = work.options;
  options.on_build = one_at_a_time(work.options.on_build);
  const auto groups = group_by_kind(devices);
  return gather(prepare_groups(devices, groups, {work.network, options}), groups, devices.size());
}

}  // namespace yolofleet::backend
