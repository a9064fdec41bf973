// The parts of a fleet that know nothing of threads.

#include <gtest/gtest.h>

#include <array>

#include "fleet/account.hpp"
#include "fleet/bounds.hpp"
#include "fleet/results.hpp"

namespace yolofleet::fleet {
namespace {

using namespace std::chrono_literals;

PictureResult result(std::uint64_t index) {
  PictureResult made;
  made.index = index;
  return made;
}

TEST(Bounds, OfOneLaneAreTwiceWhatItHolds) {
  const Bounds bounds = bounds_for(std::array{LaneSize{3, 16}}, true);
  EXPECT_EQ(bounds.pictures, 96U);
  EXPECT_EQ(bounds.under_way, 96U);
}

TEST(Bounds, AreNeverSoSmallThatThreadsWakeForEachPicture) {
  const Bounds bounds = bounds_for(std::array{LaneSize{2, 1}}, true);
  EXPECT_EQ(bounds.pictures, 16U);
  EXPECT_EQ(bounds.under_way, 16U);
}

TEST(Bounds, LeaveRoomForResultsThatWaitForASlowerLane) {
  const std::array lanes{LaneSize{3, 16}, LaneSize{6, 1}, LaneSize{3, 16}};
  const Bounds bounds = bounds_for(lanes, true);
  EXPECT_EQ(bounds.pictures, 2U * (48 + 6 + 48));
  EXPECT_EQ(bounds.under_way, bounds.pictures + 20U * 48 * 2);
  EXPECT_EQ(bounds_for(lanes, false).under_way, bounds.pictures);
}

TEST(Bounds, LeaveFilesToTheCpuWhereADecoderIsBusy) {
  EXPECT_EQ(bounds_for(std::array{LaneSize{3, 16, 128}}, true).pictures, 96U + 3U * 128);
}

TEST(Bounds, AreBoundedThemselves) {
  const std::vector<LaneSize> lanes(64, LaneSize{4, 64});
  const Bounds bounds = bounds_for(lanes, true);
  EXPECT_EQ(bounds.under_way, bounds.pictures + kMostHeld);
}

TEST(Room, IsFullAtEitherBound) {
  Room room{{16, 40}};
  EXPECT_TRUE(room.is_roomy());
  room.update(15, 39);
  EXPECT_FALSE(room.is_full());
  room.update(15, 40);
  EXPECT_TRUE(room.is_full());
  EXPECT_FALSE(room.is_roomy());
  room.update(15, 39);
  EXPECT_TRUE(room.is_roomy()) << "one result was taken";
}

TEST(Room, OnceFullOfUnfinishedPicturesWaitersGetAQuarterOfIt) {
  Room room{{16, 40}};
  room.update(16, 16);
  room.update(13, 16);
  EXPECT_FALSE(room.is_full());
  EXPECT_FALSE(room.is_roomy());
  room.update(12, 16);
  EXPECT_TRUE(room.is_roomy());
}

TEST(Results, InOrderHoldWhatCameTooEarly) {
  Results results{true};
  for (std::uint64_t i = 0; i < 3; ++i) {
    EXPECT_EQ(results.expect(), i);
  }
  EXPECT_FALSE(results.ready());
  results.put(result(1));
  EXPECT_FALSE(results.ready());
  results.put(result(0));
  for (std::uint64_t i = 0; i < 2; ++i) {
    ASSERT_TRUE(results.ready());
    EXPECT_EQ(results.take().index, i);
  }
  EXPECT_FALSE(results.ready());
  EXPECT_EQ(results.under_way(), 1U);
  EXPECT_EQ(results.expect(), 3U);
  results.put(result(2));
  EXPECT_EQ(results.take().index, 2U);
}

TEST(Results, WithoutOrderComeAsTheyCome) {
  Results results{false};
  for (int i = 0; i < 3; ++i) {
    results.expect();
  }
  EXPECT_FALSE(results.ready());
  results.put(result(2));
  results.put(result(0));
  EXPECT_EQ(results.under_way(), 3U);
  EXPECT_EQ(results.take().index, 2U);
  EXPECT_EQ(results.take().index, 0U);
  EXPECT_FALSE(results.ready());
  EXPECT_EQ(results.under_way(), 1U);
}

TEST(Totals, SumWhatWasLeftOut) {
  Totals totals;
  for (std::uint64_t i = 0; i < 3; ++i) {
    PictureResult one = result(i);
    one.detections_cut = 10 * i;
    one.candidates_dropped = i;
    totals.submitted(Clock::time_point{1s});
    totals.finished(one, Clock::time_point{2s});
  }
  FleetReport report;
  totals.write(report, true, Clock::time_point{3s});
  EXPECT_EQ(report.pictures, 3U);
  EXPECT_EQ(report.detections_cut, 30U);
  EXPECT_EQ(report.candidates_dropped, 3U);
}

TEST(Account, OfNothingIsAllZero) {
  DeviceReport report;
  Account{}.write(report, 0, Clock::time_point{1s});
  EXPECT_EQ(report.pictures, 0U);
  EXPECT_EQ(report.mean_batch, 0.0);
  EXPECT_EQ(report.share, 0.0);
  EXPECT_EQ(report.busy_seconds, 0.0);
  EXPECT_EQ(report.queue_seconds, 0.0);
}

TEST(Account, CountsAndMeasures) {
  Account account;
  account.given(4, 40ms, Clock::time_point{1s});
  account.given(2, 2ms, Clock::time_point{2s});  // the lane is busy already
  account.came_back(4, 1, Clock::time_point{3s});
  account.came_back(2, 0, Clock::time_point{4s});
  account.given(1, 0ms, Clock::time_point{10s});
  DeviceReport report;
  account.write(report, 12, Clock::time_point{10500ms});
  EXPECT_EQ(report.pictures, 6U);
  EXPECT_EQ(report.failures, 1U);
  EXPECT_EQ(report.batches, 2U);
  EXPECT_DOUBLE_EQ(report.mean_batch, 3.0);
  EXPECT_DOUBLE_EQ(report.share, 0.5);
  EXPECT_DOUBLE_EQ(report.busy_seconds, 3.5);
  EXPECT_DOUBLE_EQ(report.queue_seconds, 0.042 / 7);
}

TEST(Account, DoesntCountABatchThatGoesToAnotherLane) {
  Account account;
  account.given(4, 0ms, Clock::time_point{1s});
  account.came_back(0, 0, Clock::time_point{2s});
  DeviceReport report;
  account.write(report, 1, Clock::time_point{3s});
  EXPECT_EQ(report.pictures, 0U);
  EXPECT_EQ(report.batches, 0U);
  EXPECT_DOUBLE_EQ(report.busy_seconds, 1.0);
}

}  // namespace
}  // namespace yolofleet::fleet
