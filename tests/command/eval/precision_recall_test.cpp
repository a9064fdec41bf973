#include "eval/precision_recall.hpp"

#include <gtest/gtest.h>

namespace yolofleet::command {
namespace {

constexpr std::uint32_t kNone = Match::kNone;

TEST(AreaUnderCurve, IsOneWhereAllIsFoundFirst) {
  const std::vector<Match> matches{{0.9F, 0}, {0.8F, 1}, {0.7F, kNone}};
  for (const int points : {0, 11, 101}) {
    EXPECT_DOUBLE_EQ(area_under_curve(matches, 2, points), 1.0) << points;
  }
}

TEST(AreaUnderCurve, OfACurveByHand) {
  // Ranked: true, false, true, true again, of 3 objects. Recall 1/3, 1/3, 2/3, 2/3; precision 1,
  // 1/2, 2/3, 1/2.
  const std::vector<Match> matches{{0.7F, 1}, {0.9F, 0}, {0.8F, kNone}, {0.6F, 1}};
  EXPECT_DOUBLE_EQ(area_under_curve(matches, 3, 0), 1.0 / 3 + 2.0 / 3 / 3);
  EXPECT_DOUBLE_EQ(area_under_curve(matches, 3, 11), (4 * 1.0 + 3 * 2.0 / 3) / 11);
  EXPECT_NEAR(area_under_curve(matches, 3, 101), (34 * 1.0 + 33 * 2.0 / 3) / 101, 1e-12);
}

TEST(AreaUnderCurve, DetectionsOfEqualConfidenceKeepTheirOrder) {
  EXPECT_DOUBLE_EQ(area_under_curve({{0.5F, 0}, {0.5F, kNone}}, 1, 0), 1.0);
  EXPECT_DOUBLE_EQ(area_under_curve({{0.5F, kNone}, {0.5F, 0}}, 1, 0), 0.5);
}

TEST(AreaUnderCurve, IsZeroWithoutObjectsOrDetections) {
  for (const int points : {0, 11, 101}) {
    EXPECT_EQ(area_under_curve({}, 5, points), 0);
    EXPECT_EQ(area_under_curve({{0.5F, kNone}}, 0, points), 0);
    EXPECT_EQ(area_under_curve({{0.5F, kNone}}, 5, points), 0);
  }
}

TEST(RatiosOf, Counts) {
  const Ratios figures = ratios({8, 6, 2, 4.0});
  EXPECT_DOUBLE_EQ(*figures.precision, 0.75);
  EXPECT_DOUBLE_EQ(*figures.recall, 0.75);
  EXPECT_DOUBLE_EQ(*figures.f1, 0.75);
  EXPECT_DOUBLE_EQ(*figures.average_iou, 0.5) << "over true and false positives";
}

TEST(RatiosOf, NothingAreEmpty) {
  const Ratios none = ratios({});
  EXPECT_FALSE(none.precision || none.recall || none.f1 || none.average_iou);
  const Ratios missed = ratios({8, 0, 2, 0.0});
  EXPECT_EQ(missed.precision, 0);
  EXPECT_EQ(missed.recall, 0);
  EXPECT_FALSE(missed.f1);
}

TEST(FiguresOfMap, AreTheMeanOfAllClasses) {
  Matching matching(2, {});
  PictureResult result;
  result.width = result.height = 10;
  result.detections = {{{0, 0, 10, 10}, 0, 0.9F}, {{0, 0, 1, 1}, 0, 0.8F}};
  matching.add(result, std::vector{LabelledBox{0, 1, 0.5F, 0.5F, 1, 1}}, {});
  const MapFigures figures = map_figures(matching, 0);
  EXPECT_EQ(figures.classes[0].ap, 1);
  EXPECT_EQ(figures.classes[0].detections, 2U);
  EXPECT_EQ(figures.classes[1].ap, 0) << "no objects";
  EXPECT_EQ(figures.map, 0.5);
  EXPECT_EQ(figures.detections, 2U);
}

}  // namespace
}  // namespace yolofleet::command
