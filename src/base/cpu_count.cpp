#include "base/cpu_count.hpp"

#include <fmt/format.h>
#include <sched.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <fstream>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <thread>

namespace yolofleet::base {
namespace {

namespace fs = std::filesystem;

int cpus_of_affinity() {
  // The kernel's mask may be longer than glibc's fixed set, and the kernel refuses a shorter set.
  constexpr std::size_t kMostCpus = std::size_t{1} << 16U;
  for (std::size_t cpus = CPU_SETSIZE; cpus <= kMostCpus; cpus *= 2) {
    const auto release = [](cpu_set_t* set) { CPU_FREE(set); };
    const std::unique_ptr<cpu_set_t, decltype(release)> set(CPU_ALLOC(cpus), release);
    const std::size_t bytes = CPU_ALLOC_SIZE(cpus);
    if (set && sched_getaffinity(0, bytes, set.get()) == 0) {
      return CPU_COUNT_S(bytes, set.get());
    }
  }
  return static_cast<int>(std::thread::hardware_concurrency());
}

/// Both in microseconds: CPU time per period. Nothing for "max" and for version 1's -1.
std::optional<double> cpus_of(const std::string& quota, const std::string& period) {
  double quota_us = 0.0;
  double period_us = 0.0;
  if (!(std::istringstream(quota) >> quota_us) || !(std::istringstream(period) >> period_us) ||
      quota_us <= 0.0 || period_us <= 0.0) {
    return std::nullopt;
  }
  return quota_us / period_us;
}

std::string word_of(std::istream&& stream) {
  std::string word;
  stream >> word;
  return word;
}

/// Version 2: `cpu.max` holds "QUOTA PERIOD".
std::optional<double> quota_v2(const fs::path& group) {
  std::ifstream file(group / "cpu.max");
  std::string quota;
  std::string period;
  file >> quota >> period;
  return cpus_of(quota, period);
}

std::optional<double> quota_v1(const fs::path& group) {
  return cpus_of(word_of(std::ifstream(group / "cpu.cfs_quota_us")),
                 word_of(std::ifstream(group / "cpu.cfs_period_us")));
}

/// The least of `least` and the quotas of the group and the groups above it. Inside a container the
/// group's path may not exist below the mount; then the mount is the group.
template <typename QuotaOf>
double least_quota(const fs::path& mount, const fs::path& group, QuotaOf quota_of, double least) {
  fs::path folder = group.relative_path();
  for (;;) {
    if (const auto quota = quota_of(mount / folder)) {
      least = std::min(least, *quota);
    }
    if (folder.empty()) {
      return least;
    }
    folder = folder.parent_path();
  }
}

}  // namespace

int cgroup_cpu_quota(const fs::path& process, const fs::path& mount) {
  constexpr double kNone = 1e9;
  double least = kNone;
  std::ifstream groups(process / "cgroup");
  // "0::/path" for version 2, "4:cpu,cpuacct:/path" for version 1.
  for (std::string line; std::getline(groups, line);) {
    const std::size_t first = line.find(':');
    const std::size_t second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos) {
      continue;
    }
    const std::string controllers = fmt::format(",{},", line.substr(first + 1, second - first - 1));
    const fs::path group = line.substr(second + 1);
    if (controllers == ",,") {
      least = least_quota(mount, group, quota_v2, least);
    } else if (controllers.find(",cpu,") != std::string::npos) {
      least = least_quota(mount / "cpu", group, quota_v1, least);
    }
  }
  return least < kNone ? std::max(static_cast<int>(std::ceil(least)), 1) : 0;
}

int available_cpus() {
  const int quota = cgroup_cpu_quota("/proc/self", "/sys/fs/cgroup");
  const int cpus = std::max(cpus_of_affinity(), 1);
  return quota > 0 ? std::min(cpus, quota) : cpus;
}

}  // namespace yolofleet::base
