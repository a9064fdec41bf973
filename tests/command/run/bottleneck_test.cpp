#include "run/bottleneck.hpp"

#include <gtest/gtest.h>

namespace yolofleet::command {
namespace {

/// A run of ten seconds.
TimeSpent ten_seconds() {
  TimeSpent spent;
  spent.run = 10;
  return spent;
}

TEST(LimitedBy, TheLastThatIsAtWorkAllTheTime) {
  TimeSpent spent = ten_seconds();
  spent.reading = 9.1;
  EXPECT_EQ(limited_by(spent), "reading");
  spent.decoding = 9.1;
  EXPECT_EQ(limited_by(spent), "decoding");
  spent.busy = {9.9, 8.3};
  EXPECT_EQ(limited_by(spent), "devices");
  spent.writing = 9.1;
  EXPECT_EQ(limited_by(spent), "writing");
}

TEST(LimitedBy, NinetyPercentIsNotAllTheTime) {
  TimeSpent spent = ten_seconds();
  spent.reading = 9;
  spent.decoding = 9;
  spent.busy = {9.9, 8.1};
  spent.writing = 9;
  EXPECT_EQ(limited_by(spent), "none");
}

TEST(LimitedBy, WhatIsAtWorkLongestBehindWhoWaits) {
  TimeSpent spent = ten_seconds();
  spent.reading = 4.9;
  spent.waiting = 5.1;
  spent.writing = 1;
  spent.decoding = 2;
  spent.busy = {8, 0};
  EXPECT_EQ(limited_by(spent), "devices");
  spent.decoding = 4.1;
  EXPECT_EQ(limited_by(spent), "decoding");
  spent.writing = 4.2;
  EXPECT_EQ(limited_by(spent), "writing");
  spent.waiting = 5;
  EXPECT_EQ(limited_by(spent), "none");
  spent = ten_seconds();
  spent.waiting = 8;
  spent.writing = 3;
  EXPECT_EQ(limited_by(spent), "none") << "nothing is at work for long";
}

TEST(DecodingTime, IsWeightedByWhatEachHasDecoded) {
  FleetReport report;
  report.decode_threads = 4;
  report.decode_seconds = 20;
  EXPECT_EQ(decoding_time(report), 5) << "of a thread";
  report.decoded_by_threads = 100;
  EXPECT_EQ(decoding_time(report), 5);
  report.decoders = {{"cuda:0", {}, 200, 8}, {"cuda:1", {}, 100, 10}};
  EXPECT_EQ(decoding_time(report), (100 * 5 + 300 * 9) / 400.0);
  report.decode_threads = 0;
  report.decoded_by_threads = 0;
  EXPECT_EQ(decoding_time(report), 9);
  EXPECT_EQ(decoding_time(FleetReport{}), 0);
}

TEST(LimitedBy, NothingInARunWithoutTime) {
  EXPECT_EQ(limited_by(TimeSpent{}), "none");
}

TEST(LongestStage, IsThatOfTheDevicesInUseTogether) {
  FleetReport report;
  EXPECT_EQ(longest_stage(report), "");
  report.devices.resize(3);
  report.devices[0].stages = {{"upload", 3}, {"network", 2}};
  report.devices[1].stages = {{"upload", 1}, {"network", 2.5}};
  report.devices[2].stages = {{"upload", 9}, {"network", 1}};
  report.devices[2].error = Error{ErrorCode::kDevice, "gone"};
  EXPECT_EQ(longest_stage(report), "network");
  report.devices[2].error.reset();
  EXPECT_EQ(longest_stage(report), "upload");
}

TEST(LongestStage, IsNoneWhereNothingWasMeasured) {
  FleetReport report;
  report.devices.resize(1);
  report.devices[0].stages = {{"upload", 0}};
  EXPECT_EQ(longest_stage(report), "");
}

}  // namespace
}  // namespace yolofleet::command
