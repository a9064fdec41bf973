#include "backend/tensorrt/lane/lane_memory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace yolofleet::backend::tensorrt {
namespace {

using ::testing::HasSubstr;

constexpr std::size_t kMiB = std::size_t{1} << 20U;

MemoryNeed need() {
  MemoryNeed need;
  need.slot.input = {3, 416, 416};
  need.slot.half = true;
  need.slot.max_batch = 32;
  need.slot.max_detections = 300;
  need.slot.pixel_bytes = 32 * 6 * kMiB;
  need.slots = 2;
  need.activation_bytes = 640 * kMiB;
  return need;
}

TEST(LaneMemory, CountsPixelsActivationsInputAndOutputOfEverySlot) {
  const std::size_t input = std::size_t{3} * 416 * 416 * 2 * 32;
  const std::size_t bytes = need().bytes();
  const std::size_t least = 2 * (832 * kMiB + input);
  EXPECT_GT(bytes, least);
  EXPECT_LT(bytes, least + 2 * kMiB);
  MemoryNeed more = need();
  more.slots = 3;
  EXPECT_EQ(more.bytes(), bytes / 2 * 3);
  more.slot.half = false;
  EXPECT_EQ(more.bytes(), bytes / 2 * 3 + 3 * input);
}

TEST(LaneMemory, PixelsGetRoomForPicturesThatTheCpuResized) {
  MemoryNeed small = need();
  small.slot.pixel_bytes = 1;
  const std::size_t input = std::size_t{3} * 416 * 416 * 2 * 32;
  EXPECT_GT(small.bytes(), 2 * (640 * kMiB + 2 * input));
}

TEST(LaneMemory, ProposesTheLargestOfTheHalvedBatches) {
  const std::size_t all = need().bytes();
  EXPECT_EQ(need().batch_that_fits(all - 1), 16);
  EXPECT_EQ(need().batch_that_fits(all / 2 - kMiB), 8);
  EXPECT_EQ(need().batch_that_fits(all / 30), 1);
  EXPECT_EQ(need().batch_that_fits(all / 40), 0);
}

TEST(LaneMemory, TheMessageHasTheNeededAndFreeMemoryAndABatchThatFits) {
  const Error error = no_memory("cuda:1", need(), 500 * kMiB);
  EXPECT_EQ(error.code, ErrorCode::kTooLarge);
  EXPECT_THAT(error.message, HasSubstr("cuda:1: batches of up to 32 need 1"));
  EXPECT_THAT(error.message, HasSubstr(" MiB of device memory in addition to the engine's, but 500 "
                                       "MiB are free; batches of up to 8 would fit"));
  EXPECT_THAT(no_memory("cuda:0", need(), kMiB).message,
              HasSubstr("1 MiB are free; not even batches of 1 would fit"));
}

TEST(LaneMemory, TheMessageOfAFailedAllocationHasBothKindsOfMemory) {
  const Error error =
      allocation_failed({ErrorCode::kTooLarge, "cuda:1: out of memory"}, need(), 9000 * kMiB);
  EXPECT_EQ(error.code, ErrorCode::kTooLarge);
  EXPECT_THAT(error.message, HasSubstr("cuda:1: out of memory: batches of up to 32 need 1"));
  EXPECT_THAT(error.message, HasSubstr("of which 9000 MiB were free, and 385 MiB of page-locked"));
}

}  // namespace
}  // namespace yolofleet::backend::tensorrt
