// A run of a million pictures.

#include <gtest/gtest.h>
#include <unistd.h>

#include <ctime>
#include <fstream>
#include <iostream>
#include <thread>

#include "fleet/support.hpp"

namespace yolofleet::fleet {
namespace {

using namespace std::chrono_literals;
using testing::FakeScript;
using testing::Gauge;
using testing::kSanitized;
using testing::open_fleet;
using testing::picture_of;
using testing::take_all;

constexpr std::size_t kPictures = kSanitized ? 100'000 : 1'000'000;
constexpr std::size_t kLanes = 8;

/// Memory of this process, in bytes.
std::size_t resident() {
  std::size_t size = 0;
  std::size_t pages = 0;
  std::ifstream{"/proc/self/statm"} >> size >> pages;
  return pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

/// Mostly none; one batch in eight takes a while, each another one.
std::chrono::microseconds rare_delay(std::uint64_t index) {
  const std::uint64_t mixed = (index * 0x9E3779B97F4A7C15U) >> 40U;
  return std::chrono::microseconds{mixed % 8 == 0 ? mixed % 200 : 0};
}

TEST(LongRun, KeepsTheOrderAndItsMemory) {
  Gauge gauge;
  FakeScript script;
  script.batch = 16;
  script.delay = rare_delay;
  script.gauge = &gauge;
  const auto fleet = open_fleet(std::vector<FakeScript>(kLanes, script));
  std::thread source([&] {
    for (std::size_t i = 0; i < kPictures; ++i) {
      ASSERT_TRUE(fleet->submit(picture_of(i % 1024)));
    }
    fleet->finish();
  });
  std::size_t early = 0;
  std::size_t most = 0;
  for (std::size_t i = 0; i < kPictures; ++i) {
    const auto result = fleet->next();
    ASSERT_TRUE(result);
    ASSERT_EQ(result->index, i);
    ASSERT_EQ(result->width, static_cast<int>(i % 1024));
    if (i % (kPictures / 100) == 0) {
      (i < kPictures / 10 ? early : most) = std::max(i < kPictures / 10 ? early : most, resident());
    }
  }
  EXPECT_FALSE(fleet->next());
  source.join();
  EXPECT_LE(gauge.most(), kLanes * script.slots * script.batch);
  EXPECT_EQ(gauge.now(), 0U);
  if (!kSanitized) {
    EXPECT_LT(most, early + (std::size_t{16} << 20U)) << "it grew after a tenth of the pictures";
  }
  for (const DeviceReport& device : fleet->report().devices) {
    EXPECT_NEAR(device.share, 1.0 / kLanes, 0.05);
  }
}

TEST(LongRun, TakesLittleTimeForAPicture) {
  FakeScript script;
  script.batch = 16;
  const auto fleet = open_fleet(std::vector<FakeScript>(2, script));
  const std::size_t count = kPictures / 5;
  const auto begin = Clock::now();
  const std::clock_t begin_of_work = std::clock();
  std::thread source([&] {
    for (std::size_t i = 0; i < count; ++i) {
      ASSERT_TRUE(fleet->submit(ImageView{}));
    }
    fleet->finish();
  });
  EXPECT_EQ(take_all(*fleet).size(), count);
  source.join();
  const double work = static_cast<double>(std::clock() - begin_of_work) / CLOCKS_PER_SEC;
  const double each = seconds(Clock::now() - begin) / static_cast<double>(count);
  const double work_each = work / static_cast<double>(count);
  std::cout << each * 1e6 << " us a picture, " << work_each * 1e6 << " us of the CPU\n";
  if (!kSanitized) {
    // Other programs delay this one, but hardly change its own CPU time. bench/fleet_bench.cpp
    // measures.
    EXPECT_LT(work_each, 20e-6);
    EXPECT_LT(each, 100e-6) << "1 to 3 where nothing else runs";
  }
}

}  // namespace
}  // namespace yolofleet::fleet
