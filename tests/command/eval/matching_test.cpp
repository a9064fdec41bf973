#include "eval/matching.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace yolofleet::command {
namespace {

using ::testing::ElementsAre;

/// A box in a picture of 128 x 64 pixels, by its left and top edges.
LabelledBox object(int class_id, float x, float y, float width, float height) {
  return {class_id, 1, (x + width / 2) / 128, (y + height / 2) / 64, width / 128, height / 64};
}

PictureResult result(std::vector<Detection> detections) {
  PictureResult made;
  made.width = 128;
  made.height = 64;
  made.detections = std::move(detections);
  return made;
}

std::vector<std::int64_t> objects_of(const ClassMatches& matches) {
  std::vector<std::int64_t> objects;
  for (const Match& match : matches.matches) {
    objects.push_back(match.object == Match::kNone ? std::int64_t{-1} : std::int64_t{match.object});
  }
  return objects;
}

constexpr Box kBox{10, 10, 20, 20};

TEST(Iou, IsThatOfCentresAndSizes) {
  const LabelledBox a{0, 1, 0.5F, 0.5F, 0.5F, 0.5F};
  EXPECT_EQ(iou(a, a), 1);
  EXPECT_FLOAT_EQ(iou(a, {0, 1, 0.75F, 0.5F, 0.5F, 0.5F}), 1.0F / 3.0F);
  EXPECT_EQ(iou(a, {0, 1, 1.0F, 0.5F, 0.5F, 0.5F}), 0) << "they touch";
  EXPECT_EQ(iou(a, {0, 1, 2.0F, 2.0F, 0.5F, 0.5F}), 0);
  EXPECT_EQ(iou({}, {}), 0) << "no area";
}

TEST(Matching, FindsTheNearestObjectOfTheClass) {
  Matching matching(2, {});
  matching.add(result({{kBox, 1, 0.9F}}),
               std::vector{object(0, 10, 10, 20, 20), object(1, 10, 10, 20, 24),
                           object(1, 10, 10, 20, 22), object(1, 10, 10, 20, 22)},
               {});
  EXPECT_THAT(objects_of(matching.classes()[1]), ElementsAre(2)) << "of equal ones the first";
  EXPECT_THAT(objects_of(matching.classes()[0]), ElementsAre());
  EXPECT_EQ(matching.classes()[1].counts.objects, 3U);
  EXPECT_EQ(matching.all().objects, 4U);
  EXPECT_NEAR(matching.all().iou, 20.0 / 22.0, 1e-6);
  matching.add(result({{kBox, 0, 0.9F}}), std::vector{object(0, 10, 10, 20, 20)}, {});
  EXPECT_THAT(objects_of(matching.classes()[0]), ElementsAre(4)) << "counted over all pictures";
}

TEST(Matching, TheIouMustBeOverTheThreshold) {
  const std::vector half{object(0, 16, 16, 16, 32)};
  Matching at(1, {0.5F, 0.25F});
  at.add(result({{{16, 16, 16, 16}, 0, 0.9F}}), half, {});
  EXPECT_THAT(objects_of(at.classes()[0]), ElementsAre(-1));
  Matching below(1, {0.49F, 0.25F});
  below.add(result({{{16, 16, 16, 16}, 0, 0.9F}}), half, {});
  EXPECT_THAT(objects_of(below.classes()[0]), ElementsAre(0));
}

TEST(Matching, AnObjectThatIsFoundTwiceIsOneTruePositive) {
  Matching matching(1, {});
  matching.add(result({{{10, 10, 20, 22}, 0, 0.2F},
                       {kBox, 0, 0.8F},
                       {{10, 10, 20, 21}, 0, 0.6F},
                       {{60, 0, 9, 9}, 0, 0.5F}}),
               std::vector{object(0, 10, 10, 20, 20), object(0, 80, 10, 5, 5)}, {});
  EXPECT_THAT(objects_of(matching.classes()[0]), ElementsAre(0, 0, -1, 0));
  EXPECT_EQ(matching.classes()[0].matches[0].confidence, 0.8F);
  const Counts counts = matching.all();
  EXPECT_EQ(counts.true_positives, 1U);
  EXPECT_EQ(counts.false_positives, 2U) << "0.2 isn't over 0.25";
}

TEST(Matching, TheConfidenceOfTheLastClassDecidesWhichDetectionIsFirst) {
  const Box other{10, 10, 20, 21};
  const std::vector objects{object(0, 10, 10, 20, 20)};
  Matching matching(3, {});
  matching.add(result({{kBox, 0, 0.9F}, {other, 0, 0.1F}, {other, 2, 0.01F}}), objects, {});
  EXPECT_EQ(matching.classes()[0].counts.false_positives, 1U) << "0.1 came before 0.9";
  EXPECT_EQ(matching.all().true_positives, 0U);
  EXPECT_EQ(matching.classes()[0].matches[0].confidence, 0.1F);
  Matching equal(3, {});
  equal.add(result({{kBox, 0, 0.9F}, {kBox, 2, 0.01F}, {other, 0, 0.3F}, {other, 2, 0.01F}}),
            objects, {});
  EXPECT_EQ(equal.classes()[0].counts.true_positives, 1U) << "then the class before it decides";
  Matching more(3, {});
  more.add(result({{kBox, 0, 0.9F}, {kBox, 2, 0.02F}, {other, 0, 0.3F}, {other, 2, 0.01F}}),
           objects, {});
  EXPECT_EQ(more.classes()[0].matches[0].confidence, 0.9F);
}

TEST(Matching, ConfidenceMustBeOverTheThreshold) {
  Matching matching(1, {0.5F, 0.25F});
  matching.add(result({{kBox, 0, 0.25F}}), std::vector{object(0, 10, 10, 20, 20)}, {});
  EXPECT_EQ(matching.all().true_positives, 0U);
  EXPECT_EQ(matching.classes()[0].matches.size(), 1U) << "it counts for AP";
}

TEST(Matching, DetectionsOverDifficultObjectsArentRanked) {
  Matching matching(2, {});
  matching.add(result({{kBox, 0, 0.9F}, {kBox, 1, 0.8F}}), {},
               std::vector{object(0, 10, 10, 20, 20)});
  EXPECT_THAT(objects_of(matching.classes()[0]), ElementsAre());
  EXPECT_EQ(matching.classes()[0].counts.false_positives, 1U) << "as in Darknet";
  EXPECT_THAT(objects_of(matching.classes()[1]), ElementsAre(-1)) << "of another class";
  matching.add(result({{kBox, 0, 0.9F}}), std::vector{object(0, 10, 10, 20, 20)},
               std::vector{object(0, 10, 10, 20, 20)});
  EXPECT_THAT(objects_of(matching.classes()[0]), ElementsAre(0)) << "an object comes first";
}

TEST(Matching, ObjectsOfUnknownClassesCountOnlyTogether) {
  Matching matching(1, {});
  matching.add(result({}), std::vector{object(1, 0, 0, 5, 5), object(-1, 0, 0, 5, 5)}, {});
  EXPECT_EQ(matching.all().objects, 2U);
  EXPECT_EQ(matching.classes()[0].counts.objects, 0U);
}

}  // namespace
}  // namespace yolofleet::command
