#include "backend/tensorrt/lane/turns.hpp"

#include <gtest/gtest.h>

#include <array>

namespace yolofleet::backend::tensorrt {
namespace {

TEST(Turns, EachWaitsForTheOneThatManyBefore) {
  const std::array<int, 5> slots{};
  Turns<int, 3> turns;
  EXPECT_EQ(turns.take(slots[0]), nullptr);
  EXPECT_EQ(turns.take(slots[1]), nullptr);
  EXPECT_EQ(turns.take(slots[2]), nullptr);
  EXPECT_EQ(turns.take(slots[3]), &slots[0]);
  EXPECT_EQ(turns.take(slots[4]), &slots[1]);
  EXPECT_EQ(turns.take(slots[0]), &slots[2]);
}

TEST(Turns, ASlotThatWasFilledAgainWasDone) {
  const std::array<int, 5> slots{};
  Turns<int, 3> turns;
  turns.take(slots[0]);
  turns.take(slots[1]);
  turns.take(slots[0]);
  EXPECT_EQ(turns.take(slots[2]), nullptr) << "slot 0 was filled again";
  EXPECT_EQ(turns.take(slots[3]), &slots[1]);
  Turns<int, 2> alone;
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(alone.take(slots[0]), nullptr) << "one slot waits for nobody";
  }
}

TEST(Turns, TwoSlotsThatTakeTurnsNeverWait) {
  const std::array<int, 2> slots{};
  Turns<int, 3> turns;
  for (int i = 0; i < 7; ++i) {
    EXPECT_EQ(turns.take(slots[static_cast<std::size_t>(i) % 2]), nullptr);
  }
}

}  // namespace
}  // namespace yolofleet::backend::tensorrt
