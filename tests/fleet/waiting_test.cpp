#include "fleet/waiting.hpp"

#include <gmock/gmock.h>

#include <string>

namespace yolofleet::fleet {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Waiting picture(std::uint64_t ticket) {
  Waiting waiting;
  waiting.job.ticket = ticket;
  return waiting;
}

std::vector<std::uint64_t> tickets(const std::vector<Waiting>& all) {
  std::vector<std::uint64_t> found;
  for (const Waiting& waiting : all) {
    found.push_back(waiting.job.ticket);
  }
  return found;
}

/// Lane 0 takes no DeviceImages; lanes 1 and 2 do.
WaitingList filled() {
  WaitingList list({false, true, true});
  list.add(picture(5));
  list.add_for(1, picture(3));
  list.add_on_device(picture(2));
  list.add(picture(1));
  list.add_for(2, picture(4));
  return list;
}

TEST(WaitingList, IsEmptyAtFirst) {
  const WaitingList list({true});
  EXPECT_TRUE(list.empty());
  EXPECT_EQ(list.size_for(0), 0U);
  EXPECT_EQ(list.oldest_for(0), nullptr);
}

TEST(WaitingList, GivesALaneWhatItMayGetByTicket) {
  for (const auto& [lane, expected] :
       {std::pair{0U, std::vector<std::uint64_t>{1, 5}}, {1U, {1, 2, 3, 5}}, {2U, {1, 2, 4, 5}}}) {
    WaitingList list = filled();
    EXPECT_EQ(list.size(), 5U);
    ASSERT_EQ(list.size_for(lane), expected.size());
    EXPECT_EQ(list.oldest_for(lane)->job.ticket, 1U);
    EXPECT_EQ(tickets(list.take_for(lane, expected.size())), expected);
    EXPECT_EQ(list.size(), 5U - expected.size());
    EXPECT_EQ(list.size_for(lane), 0U);
  }
}

TEST(WaitingList, GivesTheOldestFirst) {
  WaitingList list = filled();
  EXPECT_THAT(tickets(list.take_for(1, 2)), ElementsAre(1U, 2U));
  EXPECT_THAT(tickets(list.take_for(2, 1)), ElementsAre(4U));
  EXPECT_EQ(list.oldest_for(1)->job.ticket, 3U);
}

TEST(WaitingList, RemovesTheGroups) {
  WaitingList list = filled();
  EXPECT_THAT(tickets(list.remove_for(1)), ElementsAre(3U));
  EXPECT_THAT(tickets(list.remove_on_device()), ElementsAre(2U));
  EXPECT_THAT(tickets(list.remove_for(0)), IsEmpty());
  EXPECT_EQ(list.size(), 3U);
  EXPECT_EQ(list.remove_all().size(), 3U);
  EXPECT_TRUE(list.empty());
}

}  // namespace
}  // namespace yolofleet::fleet
