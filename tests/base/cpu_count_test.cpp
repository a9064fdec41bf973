#include "base/cpu_count.hpp"

#include <gtest/gtest.h>
#include <sched.h>

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <string>

namespace yolofleet::base {
namespace {

namespace fs = std::filesystem;

/// A made-up /proc/self and /sys/fs/cgroup.
class CgroupTest : public ::testing::Test {
 protected:
  CgroupTest() {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    root_ = fs::path(::testing::TempDir()) / (std::string("cgroup_") + test->name());
    fs::remove_all(root_);
  }
  ~CgroupTest() override { fs::remove_all(root_); }

  void write(const std::string& file, const std::string& content) const {
    fs::create_directories((root_ / file).parent_path());
    std::ofstream(root_ / file) << content;
  }
  int quota() const { return cgroup_cpu_quota(root_ / "proc", root_ / "sys"); }

 private:
  fs::path root_;
};

TEST_F(CgroupTest, WithoutAnyThereIsNone) {
  EXPECT_EQ(quota(), 0);
}

TEST_F(CgroupTest, VersionTwoIsRoundedUp) {
  write("proc/cgroup", "0::/user/job\n");
  write("sys/user/job/cpu.max", "150000 100000\n");
  EXPECT_EQ(quota(), 2);
}

TEST_F(CgroupTest, PartOfACpuIsOne) {
  write("proc/cgroup", "0::/\n");
  write("sys/cpu.max", "10000 100000\n");
  EXPECT_EQ(quota(), 1);
}

TEST_F(CgroupTest, MaxIsNoQuota) {
  write("proc/cgroup", "0::/job\n");
  write("sys/job/cpu.max", "max 100000\n");
  EXPECT_EQ(quota(), 0);
}

TEST_F(CgroupTest, AnOuterGroupCounts) {
  write("proc/cgroup", "0::/outer/inner\n");
  write("sys/outer/inner/cpu.max", "800000 100000\n");
  write("sys/outer/cpu.max", "300000 100000\n");
  EXPECT_EQ(quota(), 3);
}

TEST_F(CgroupTest, InAContainerTheMountIsTheGroup) {
  write("proc/cgroup", "0::/not/visible/here\n");
  write("sys/cpu.max", "400000 100000\n");
  EXPECT_EQ(quota(), 4);
}

TEST_F(CgroupTest, VersionOne) {
  write("proc/cgroup", "5:memory:/job\n4:cpu,cpuacct:/job\n");
  write("sys/cpu/job/cpu.cfs_quota_us", "250000\n");
  write("sys/cpu/job/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(quota(), 3);
}

TEST_F(CgroupTest, VersionOneWithoutAQuotaSaysMinusOne) {
  write("proc/cgroup", "4:cpu,cpuacct:/job\n");
  write("sys/cpu/job/cpu.cfs_quota_us", "-1\n");
  write("sys/cpu/job/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(quota(), 0);
}

TEST_F(CgroupTest, NonsenseIsNoQuota) {
  write("proc/cgroup", "nothing\n0::\n\n:\n");
  write("sys/cpu.max", "many 0\n");
  EXPECT_EQ(quota(), 0);
}

TEST(AvailableCpus, FollowsTheAffinityMask) {
  cpu_set_t before;
  ASSERT_EQ(sched_getaffinity(0, sizeof(before), &before), 0);
  EXPECT_GE(available_cpus(), 1);
  EXPECT_LE(available_cpus(), CPU_COUNT(&before));
  cpu_set_t one;
  CPU_ZERO(&one);
  for (std::size_t cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(cpu, &before)) {
      CPU_SET(cpu, &one);
      break;
    }
  }
  ASSERT_EQ(sched_setaffinity(0, sizeof(one), &one), 0);
  EXPECT_EQ(available_cpus(), 1);
  ASSERT_EQ(sched_setaffinity(0, sizeof(before), &before), 0);
}

}  // namespace
}  // namespace yolofleet::base
