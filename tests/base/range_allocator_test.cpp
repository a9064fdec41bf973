#include "base/range_allocator.hpp"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace yolofleet::base {
namespace {

TEST(RangeAllocator, GivesTheFirstHoleThatIsLargeEnough) {
  RangeAllocator ranges{1000, 10};
  EXPECT_EQ(ranges.take(95), 0U);
  EXPECT_EQ(ranges.take(10), 100U);
  EXPECT_EQ(ranges.take(1), 110U);
  EXPECT_EQ(ranges.free(), 880U);
  ranges.give_back(0, 95);
  EXPECT_EQ(ranges.take(101), 120U);
  EXPECT_EQ(ranges.take(100), 0U);
}

TEST(RangeAllocator, SaysWhenThereIsNoRoom) {
  RangeAllocator ranges{100, 10};
  EXPECT_FALSE(ranges.take(101));
  EXPECT_EQ(ranges.take(91), 0U);
  EXPECT_FALSE(ranges.take(1));
  EXPECT_FALSE(RangeAllocator(9, 10).take(1));
  EXPECT_FALSE(ranges.take(static_cast<std::size_t>(-1)));
}

TEST(RangeAllocator, NeighbouringHolesBecomeOne) {
  for (const auto& order : {std::vector{0, 1, 2}, {2, 1, 0}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}}) {
    RangeAllocator ranges{300, 1};
    for (int i = 0; i < 3; ++i) {
      ASSERT_TRUE(ranges.take(100));
    }
    for (const int i : order) {
      ranges.give_back(static_cast<std::size_t>(i) * 100, 100);
    }
    EXPECT_EQ(ranges.take(300), 0U);
  }
}

TEST(RangeAllocator, RangesNeverOverlapAndNothingIsLost) {
  constexpr std::size_t kSize = 5000;
  std::mt19937 random{1};
  RangeAllocator ranges{kSize, 8};
  std::vector<bool> used(kSize);
  std::vector<std::pair<std::size_t, std::size_t>> taken;
  for (int step = 0; step < 20'000; ++step) {
    if (taken.empty() || random() % 2 == 0) {
      const std::size_t bytes = 1 + random() % 400;
      const auto offset = ranges.take(bytes);
      if (!offset) {
        continue;
      }
      ASSERT_EQ(*offset % 8, 0U);
      ASSERT_LE(*offset + bytes, kSize);
      for (std::size_t i = *offset; i < *offset + bytes; ++i) {
        ASSERT_FALSE(used[i]);
        used[i] = true;
      }
      taken.emplace_back(*offset, bytes);
    } else {
      std::swap(taken[random() % taken.size()], taken.back());
      const auto [offset, bytes] = taken.back();
      taken.pop_back();
      std::fill_n(used.begin() + static_cast<std::ptrdiff_t>(offset), bytes, false);
      ranges.give_back(offset, bytes);
    }
  }
  for (const auto& [offset, bytes] : taken) {
    ranges.give_back(offset, bytes);
  }
  EXPECT_EQ(ranges.free(), kSize / 8 * 8);
  EXPECT_EQ(ranges.take(kSize / 8 * 8), 0U);
}

}  // namespace
}  // namespace yolofleet::base
