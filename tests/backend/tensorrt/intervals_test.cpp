// The arithmetic with which gpu_overlap_tests evaluate their traces.

#include "gpu/intervals.hpp"

#include <gtest/gtest.h>

namespace yolofleet::testing {
namespace {

TEST(Intervals, AreMergedWhereTheyTouch) {
  EXPECT_EQ(merged({{5, 9}, {1, 3}, {3, 4}, {7, 8}, {20, 20}, {8, 12}}),
            (Intervals{{1, 4}, {5, 12}}));
  EXPECT_EQ(merged({}), Intervals{});
}

TEST(Intervals, TotalIsTheirLength) {
  EXPECT_EQ(total({{1, 4}, {5, 12}}), 10U);
  EXPECT_EQ(total({}), 0U);
}

TEST(Intervals, CommonIsWhatBothCover) {
  const Intervals a{{0, 10}, {20, 30}, {40, 50}};
  const Intervals b{{5, 25}, {28, 45}, {50, 60}};
  const Intervals both{{5, 10}, {20, 25}, {28, 30}, {40, 45}};
  EXPECT_EQ(common(a, b), both);
  EXPECT_EQ(common(b, a), both);
  EXPECT_EQ(common(a, {}), Intervals{});
}

TEST(Intervals, GapsAreBetweenThem) {
  EXPECT_EQ(gaps({{1, 4}, {5, 12}, {20, 21}}), (Intervals{{4, 5}, {12, 20}}));
  EXPECT_EQ(gaps({{1, 4}}), Intervals{});
}

}  // namespace
}  // namespace yolofleet::testing
