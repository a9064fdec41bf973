#include "backend/tensorrt/lane/turns.hpp"

#include <gtest/gtest.h>

#include <array>

namespace yolofleet::backend::tensorrt {
namespace {

TEST(Turns, EachBatchWaitsForTheThirdBeforeIt) {
  const std::array<int, 5> slots{};
  Turns<int, 3> turns;
  EXPECT_EQ(turns.predecessor_of(slots[0]), nullptr);
  EXPECT_EQ(turns.predecessor_of(slots[1]), nullptr);
  EXPECT_EQ(turns.predecessor_of(slots[2]), nullptr);
  EXPECT_EQ(turns.predecessor_of(slots[3]), &slots[0]);
  EXPECT_EQ(turns.predecessor_of(slots[4]), &slots[1]);
  EXPECT_EQ(turns.predecessor_of(slots[0]), &slots[2]);
}

TEST(Turns, ASlotThatWasFilledAgainNeedntBeWaitedFor) {
  const std::array<int, 5> slots{};
  Turns<int, 3> turns;
  turns.predecessor_of(slots[0]);
  turns.predecessor_of(slots[1]);
  turns.predecessor_of(slots[0]);
  EXPECT_EQ(turns.predecessor_of(slots[2]), nullptr) << "slot 0 was filled again";
  EXPECT_EQ(turns.predecessor_of(slots[3]), &slots[1]);
  Turns<int, 2> alone;
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(alone.predecessor_of(slots[0]), nullptr) << "a single slot never waits";
  }
}

TEST(Turns, TwoSlotsThatTakeTurnsNeverWait) {
  const std::array<int, 2> slots{};
  Turns<int, 3> turns;
  for (int i = 0; i < 7; ++i) {
    EXPECT_EQ(turns.predecessor_of(slots[static_cast<std::size_t>(i) % 2]), nullptr);
  }
}

}  // namespace
}  // namespace yolofleet::backend::tensorrt
