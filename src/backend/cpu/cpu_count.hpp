#pragma once

#include <filesystem>

namespace yolofleet::backend::cpu {

/// How many CPUs this process may use, at least 1: those of its affinity mask, and no more than
/// its control group's quota (version 2 or 1, of any level above it), rounded up.
int available_cpus();

/// The quota alone; 0 where none is set or it can't be read. `process` is /proc/self and `mount`
/// /sys/fs/cgroup, outside of tests.
int cgroup_cpu_quota(const std::filesystem::path& process, const std::filesystem::path& mount);

}  // namespace yolofleet::backend::cpu
