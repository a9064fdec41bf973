#include "backend/decoder_memory.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>

namespace yolofleet::backend {
namespace {

using namespace std::chrono_literals;

TEST(DecoderMemory, GivesRoomUntilItIsFull) {
  DecoderMemory memory(100, 1);
  EXPECT_EQ(memory.take(60), 0U);
  EXPECT_EQ(memory.take(40), 60U);
  EXPECT_FALSE(memory.take(1));
  memory.give_back(0, 60);
  EXPECT_EQ(memory.take(30), 0U);
}

TEST(DecoderMemory, WaitsForHalfOfIt) {
  DecoderMemory memory(4, 1);
  for (std::size_t i = 0; i < 4; ++i) {
    ASSERT_EQ(memory.take(1), i);
  }
  ASSERT_FALSE(memory.take(1));
  std::atomic<bool> waited = false;
  std::thread waiter([&] {
    memory.wait();
    waited = true;
  });
  memory.give_back(0, 1);
  std::this_thread::sleep_for(20ms);
  EXPECT_FALSE(waited) << "a quarter is free";
  memory.give_back(2, 1);
  waiter.join();
}

TEST(DecoderMemory, WaitsForAChangeEvenIfHalfIsFree) {
  DecoderMemory memory(4, 1);
  ASSERT_EQ(memory.take(1), 0U);
  ASSERT_FALSE(memory.take(4));
  std::atomic<bool> waited = false;
  std::thread waiter([&] {
    memory.wait();
    waited = true;
  });
  std::this_thread::sleep_for(20ms);
  EXPECT_FALSE(waited);
  memory.give_back(0, 1);
  waiter.join();
  EXPECT_TRUE(memory.take(4));
}

TEST(DecoderMemory, ReturnsAtOnceIfSomethingCameBackMeanwhile) {
  DecoderMemory memory(4, 1);
  ASSERT_EQ(memory.take(4), 0U);
  ASSERT_FALSE(memory.take(1));
  memory.give_back(0, 4);
  memory.wait();
}

TEST(DecoderMemory, StopsWaiting) {
  DecoderMemory memory(4, 1);
  ASSERT_EQ(memory.take(4), 0U);
  ASSERT_FALSE(memory.take(1));
  std::thread waiter([&] { memory.wait(); });
  memory.stop();
  waiter.join();
  memory.wait();
}

}  // namespace
}  // namespace yolofleet::backend
