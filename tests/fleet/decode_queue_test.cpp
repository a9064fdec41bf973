#include "fleet/decode_queue.hpp"

#include <gmock/gmock.h>

#include <utility>

namespace yolofleet::fleet {
namespace {

using ::testing::ElementsAre;

DecodeQueue::Entry file(std::uint64_t ticket, DecoderSet takers) {
  DecodeQueue::Entry entry;
  entry.job.ticket = ticket;
  entry.takers = takers;
  return entry;
}

std::vector<std::uint64_t> tickets(const std::vector<DecodeQueue::Entry>& entries) {
  std::vector<std::uint64_t> found;
  for (const DecodeQueue::Entry& entry : entries) {
    found.push_back(entry.job.ticket);
  }
  return found;
}

/// Files 1, 4 for nobody but the CPU, 2 for decoder 0, 3 for 0 and 1, 5 for 1.
DecodeQueue filled(bool cpu_takes_all) {
  DecodeQueue queue(cpu_takes_all);
  for (const auto& [ticket, takers] : {std::pair{4U, 0U}, {5U, 2U}, {2U, 1U}, {3U, 3U}, {1U, 0U}}) {
    queue.add(file(ticket, takers));
  }
  return queue;
}

std::vector<std::uint64_t> all_for_cpu(DecodeQueue& queue) {
  std::vector<std::uint64_t> taken;
  while (queue.has_for_cpu()) {
    taken.push_back(queue.take_for_cpu().ticket);
  }
  return taken;
}

TEST(DecodeQueue, TheCpuTakesAllOrTheRest) {
  DecodeQueue all = filled(true);
  EXPECT_THAT(all_for_cpu(all), ElementsAre(1U, 2U, 3U, 4U, 5U));
  DecodeQueue rest = filled(false);
  EXPECT_THAT(all_for_cpu(rest), ElementsAre(1U, 4U));
}

TEST(DecodeQueue, ADecoderTakesItsOwnAndLeavesTheOthersInOrder) {
  DecodeQueue queue = filled(true);
  EXPECT_TRUE(queue.has_for(0));
  EXPECT_FALSE(queue.has_for(2));
  EXPECT_THAT(tickets(queue.take_for(1, 1)), ElementsAre(3U));
  EXPECT_THAT(tickets(queue.take_for(1, 9)), ElementsAre(5U));
  EXPECT_FALSE(queue.has_for(1));
  EXPECT_THAT(all_for_cpu(queue), ElementsAre(1U, 2U, 4U));
}

TEST(DecodeQueue, WithoutItsOnlyTakerAFileIsForTheCpu) {
  DecodeQueue queue = filled(false);
  queue.drop_taker(0);
  EXPECT_FALSE(queue.has_for(0));
  EXPECT_THAT(all_for_cpu(queue), ElementsAre(1U, 2U, 4U));
  EXPECT_THAT(tickets(queue.take_for(1, 9)), ElementsAre(3U, 5U));
}

}  // namespace
}  // namespace yolofleet::fleet
