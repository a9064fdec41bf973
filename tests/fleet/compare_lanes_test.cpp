#include "fleet/compare_lanes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace yolofleet::fleet {
namespace {

using ::testing::ElementsAre;

Detection at(float x, float confidence, int class_id = 0) {
  return {{x, 10, 100, 50}, class_id, confidence};
}

Found found(const std::string& kind, Precision precision, std::vector<Detection> detections) {
  return {kind, precision, std::move(detections), 0.01F};
}

Found fp16(std::vector<Detection> detections) {
  return found("card", Precision::kFp16, std::move(detections));
}

Found fp32(std::vector<Detection> detections) {
  return found("cpu", Precision::kFp32, std::move(detections));
}

TEST(Agree, WithinAKindOnlyTheSameBits) {
  EXPECT_TRUE(agree(fp16({at(0, 0.5F), at(9, 0.4F)}), fp16({at(0, 0.5F), at(9, 0.4F)})));
  EXPECT_FALSE(agree(fp16({at(0, 0.5F)}), fp16({at(0, std::nextafter(0.5F, 1.0F))})));
  EXPECT_FALSE(agree(fp16({at(0, 0.5F)}), fp16({at(0.001F, 0.5F)})));
  EXPECT_FALSE(agree(fp16({at(0, 0.5F), at(9, 0.011F)}), fp16({at(0, 0.5F)}))) << "also weak ones";
  EXPECT_TRUE(agree(fp16({}), fp16({})));
}

TEST(Agree, AcrossKindsWithinTheWiderTolerance) {
  EXPECT_TRUE(agree(fp16({at(0, 0.5F)}), fp32({at(2, 0.4F)})));
  EXPECT_TRUE(agree(fp32({at(2, 0.4F)}), fp16({at(0, 0.5F)})));
  EXPECT_FALSE(agree(fp16({at(0, 0.5F)}), fp32({at(0, 0.34F)}))) << "under 0.7 of it";
  EXPECT_FALSE(agree(fp16({at(0, 0.5F)}), fp32({at(6, 0.5F)}))) << "an IoU of 94 in 106";
  EXPECT_FALSE(agree(fp16({at(0, 0.5F, 1)}), fp32({at(0, 0.5F, 2)}))) << "another class";
  EXPECT_FALSE(agree(fp16({}), fp32({at(0, 0.5F)})));
  EXPECT_FALSE(agree(fp32({at(0, 0.5F)}), fp16({})));
}

TEST(Agree, TheFinerThePrecisionsTheLessMayDiffer) {
  const Found one = found("a", Precision::kFp32, {at(0, 0.5F)});
  EXPECT_TRUE(agree(one, found("b", Precision::kFp32, {at(0.1F, 0.499F)})));
  EXPECT_FALSE(agree(one, found("b", Precision::kFp32, {at(0, 0.48F)})));
  EXPECT_FALSE(agree(one, found("b", Precision::kFp32, {at(2, 0.5F)})));
  EXPECT_TRUE(agree(one, found("b", Precision::kTf32, {at(2, 0.4F)})));
  EXPECT_FALSE(agree(one, found("b", Precision::kTf32, {at(2, 0.3F)})));
  EXPECT_TRUE(agree(one, found("b", Precision::kBf16, {at(12, 0.2F)})));
  EXPECT_FALSE(agree(one, found("b", Precision::kBf16, {at(0, 0.12F)})));
  EXPECT_FALSE(agree(one, found("b", Precision::kBf16, {at(20, 0.5F)})));
}

TEST(Agree, WhatTheOtherMayHaveMissedNeedsNoPartner) {
  EXPECT_TRUE(agree(fp16({at(0, 0.5F), at(200, 0.014F)}), fp32({at(0, 0.5F)})));
  EXPECT_FALSE(agree(fp16({at(0, 0.5F), at(200, 0.015F)}), fp32({at(0, 0.5F)})));
  Found cut = fp32({at(0, 0.5F)});
  cut.floor = 0.5F;  // it had room for one
  EXPECT_TRUE(agree(fp16({at(0, 0.5F), at(200, 0.45F)}), cut));
  EXPECT_FALSE(agree(fp16({at(0, 0.5F), at(200, 0.9F)}), cut));
}

TEST(CanBeCompared, OnlyWhatTheOtherCantHaveMissed) {
  EXPECT_TRUE(can_be_compared(fp16({at(0, 0.015F)}), fp32({})));
  EXPECT_FALSE(can_be_compared(fp16({at(0, 0.014F)}), fp32({at(0, 0.014F)})));
  EXPECT_FALSE(can_be_compared(fp16({}), fp32({})));
  EXPECT_FALSE(can_be_compared(fp16({}), fp16({})));
  EXPECT_TRUE(can_be_compared(fp16({at(0, 0.011F)}), fp16({}))) << "within a kind all of it";
  const Found sure = fp16({at(0, 0.5F)});
  const Found faint = fp32({at(0, 0.0101F)});
  EXPECT_TRUE(can_be_compared({sure, sure, faint}));
  EXPECT_FALSE(can_be_compared({sure, faint, found("other", Precision::kFp32, {})}));
}

TEST(Agree, ABoxWithoutAreaIsItsOwnPartner) {
  const Detection line{{3, 3, 0, 9}, 0, 0.5F};
  EXPECT_TRUE(agree(fp16({line}), fp32({line})));
  EXPECT_FALSE(agree(fp16({line}), fp32({{{4, 3, 0, 9}, 0, 0.5F}})));
}

/// Lanes that found these boxes, each of a kind of its own unless it is named.
std::vector<Found> lanes(const std::vector<float>& xs, std::vector<std::string> kinds = {}) {
  std::vector<Found> all;
  for (std::size_t i = 0; i < xs.size(); ++i) {
    all.push_back(
        found(kinds.empty() ? std::to_string(i) : kinds[i], Precision::kFp16, {at(xs[i], 0.5F)}));
  }
  return all;
}

TEST(Outliers, NoneIfAllAgree) {
  EXPECT_THAT(outliers_of(lanes({0, 0})), ElementsAre(false, false));
  EXPECT_THAT(outliers_of(lanes({0, 1, 2})), ElementsAre(false, false, false));
}

TEST(Outliers, OfThreeOrMoreTheMinority) {
  EXPECT_THAT(outliers_of(lanes({0, 50, 0})), ElementsAre(false, true, false));
  EXPECT_THAT(outliers_of(lanes({50, 0, 0, 0})), ElementsAre(true, false, false, false));
  EXPECT_THAT(outliers_of(lanes({0, 50, 0, 90, 0})), ElementsAre(false, true, false, true, false));
  EXPECT_THAT(outliers_of(lanes({0, 50, 0, 50, 0})), ElementsAre(false, true, false, true, false));
}

TEST(Outliers, AllIfThereIsNoMajority) {
  EXPECT_THAT(outliers_of(lanes({0, 50})), ElementsAre(true, true));
  EXPECT_THAT(outliers_of(lanes({0, 50, 90})), ElementsAre(true, true, true));
  EXPECT_THAT(outliers_of(lanes({0, 0, 50, 50})), ElementsAre(true, true, true, true));
  EXPECT_THAT(outliers_of(lanes({0, 0, 50, 90})), ElementsAre(true, true, true, true));
}

TEST(Outliers, ALaneThatDiffersFromItsKindThoughItsToleranceHidesItFromOtherKinds) {
  EXPECT_THAT(outliers_of(lanes({0, 1, 0, 0}, {"a", "a", "a", "b"})),
              ElementsAre(false, true, false, false));
  EXPECT_THAT(outliers_of(lanes({0, 1, 0}, {"a", "a", "b"})), ElementsAre(true, true, true))
      << "which of the two of a kind it is, the third can't say";
  EXPECT_THAT(outliers_of(lanes({0, 1, 0, 0, 0}, {"a", "a", "b", "b", "b"})),
              ElementsAre(true, true, false, false, false));
}

}  // namespace
}  // namespace yolofleet::fleet
