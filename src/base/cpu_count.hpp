#pragma once

#include <filesystem>

namespace yolofleet::base {

/// The number of CPUs that this process may use, at least 1: those of its affinity mask, limited by
/// the quota of its control group (version 2 or 1) and of the groups above it, rounded up.
int available_cpus();

/// The quota alone, in CPUs; 0 if none is set or it can't be read. `process` is /proc/self and
/// `mount` is /sys/fs/cgroup, except in tests.
int cgroup_cpu_quota(const std::filesystem::path& process, const std::filesystem::path& mount);

}  // namespace yolofleet::base
