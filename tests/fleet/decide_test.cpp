#include "fleet/decide.hpp"

#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace yolofleet::fleet {
namespace {

using namespace std::chrono_literals;

const Clock::time_point kNow{1h};
const Clock::time_point kLater = kNow + 5ms;

LaneLoad lane(std::size_t slots, std::size_t batch, std::size_t batches = 0,
              std::uint64_t last_given = 0) {
  return {{slots, batch}, batches, last_given, true};
}

Decision of(const Demand& demand, const std::vector<LaneLoad>& lanes) {
  return decide(std::vector<Demand>(lanes.size(), demand), lanes, kNow);
}

TEST(Decide, WithoutPicturesThereIsNothingToDo) {
  const Decision decision = of({0, true, kNow}, {lane(2, 4)});
  EXPECT_EQ(decision.pictures, 0U);
  EXPECT_FALSE(decision.look_again);
}

TEST(Decide, AFullBatchGoesAtOnce) {
  for (const std::size_t pictures : {4U, 9U}) {
    const Decision decision = of({pictures, false, kLater}, {lane(2, 4)});
    EXPECT_EQ(decision.pictures, 4U);
    EXPECT_FALSE(decision.look_again);
  }
}

TEST(Decide, APartOfABatchWaitsUntilTheOldestsDeadline) {
  const Decision decision = of({3, false, kLater}, {lane(2, 4)});
  EXPECT_EQ(decision.pictures, 0U);
  EXPECT_EQ(decision.look_again, kLater);
}

TEST(Decide, AtTheDeadlineWhatIsThereGoes) {
  EXPECT_EQ(of({3, false, kNow}, {lane(2, 4)}).pictures, 3U);
}

TEST(Decide, WhatWouldWaitInVainGoesAtOnce) {
  EXPECT_EQ(of({3, true, kLater}, {lane(2, 4)}).pictures, 3U);
}

TEST(Decide, ALaneOfSinglePicturesNeverWaits) {
  const Decision decision = of({3, false, kLater}, {lane(2, 4), lane(2, 1)});
  EXPECT_EQ(decision.lane, 1U);
  EXPECT_EQ(decision.pictures, 1U);
  EXPECT_FALSE(decision.look_again);
}

TEST(Decide, WhereEverySlotIsTakenNothingIsWaitedFor) {
  const Decision decision = of({9, true, kNow}, {lane(2, 4, 2), lane(1, 1, 1)});
  EXPECT_EQ(decision.pictures, 0U);
  EXPECT_FALSE(decision.look_again);
}

TEST(Decide, TheEmptiestLaneIsFirst) {
  EXPECT_EQ(of({9, false, kLater}, {lane(2, 4, 1), lane(2, 4, 0), lane(2, 4, 1)}).lane, 1U);
  EXPECT_EQ(of({9, false, kLater}, {lane(2, 4, 1), lane(24, 1, 6)}).lane, 1U) << "1/2, 6/24";
  EXPECT_EQ(of({9, false, kLater}, {lane(2, 4, 1), lane(24, 1, 18)}).lane, 0U) << "1/2, 18/24";
}

TEST(Decide, AmongEqualsTheOneThatHasWaitedLongestIsFirst) {
  EXPECT_EQ(of({9, false, kLater}, {lane(2, 4, 1, 7), lane(2, 4, 1, 6), lane(2, 4, 1, 8)}).lane,
            1U);
}

TEST(Decide, ALaneThatIsntUsableGetsNothing) {
  LaneLoad lost = lane(2, 4);
  lost.usable = false;
  EXPECT_EQ(of({9, true, kNow}, {lost}).pictures, 0U);
  EXPECT_EQ(of({9, true, kNow}, {lost, lane(2, 4, 1)}).lane, 1U);
}

TEST(Decide, EachLaneHasItsOwnDemand) {
  const std::vector<LaneLoad> lanes{lane(2, 4), lane(2, 4)};
  const auto of_each = [&](const Demand& a, const Demand& b) {
    return decide(std::vector{a, b}, lanes, kNow);
  };
  const Demand none{};
  const Decision full = of_each(none, {5, false, kLater});
  EXPECT_EQ(full.lane, 1U);
  EXPECT_EQ(full.pictures, 4U);
  const Decision due = of_each({3, false, kLater}, {1, false, kNow});
  EXPECT_EQ(due.lane, 1U);
  EXPECT_EQ(due.pictures, 1U);
  const Decision later = of_each({3, false, kLater + 1ms}, {1, false, kLater});
  EXPECT_EQ(later.pictures, 0U);
  EXPECT_EQ(later.look_again, kLater) << "the earlier of the two";
}

}  // namespace
}  // namespace yolofleet::fleet
