#include "ops/yolo_boxes.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <limits>
#include <random>
#include <vector>

#include "graph/activation.hpp"

namespace yolofleet::ops {
namespace {

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

graph::Head head_of(std::vector<graph::Anchor> anchors, int classes, float scale_x_y = 1.0F,
                    bool new_coords = false) {
  graph::Head yolo;
  yolo.anchors = std::move(anchors);
  yolo.classes = classes;
  yolo.scale_x_y = scale_x_y;
  yolo.new_coords = new_coords;
  return yolo;
}

std::vector<Candidate> boxes(const graph::Head& yolo, graph::Shape shape, graph::Shape input,
                             const std::vector<float>& raw, float threshold) {
  std::vector<Candidate> candidates;
  yolo_boxes(raw, {&yolo, shape, input}, threshold, candidates);
  return candidates;
}

/// One anchor of 20 x 30, one cell, one class, an input of 100 x 200.
std::vector<Candidate> one_cell(std::vector<float> raw, float threshold, float scale_x_y = 1.0F,
                                bool new_coords = false) {
  const graph::Head yolo = head_of({{20.0F, 30.0F}}, 1, scale_x_y, new_coords);
  return boxes(yolo, {6, 1, 1}, {3, 200, 100}, raw, threshold);
}

TEST(YoloBoxes, OneCellByHand) {
  const auto found = one_cell({0.0F, 0.0F, 0.0F, std::log(2.0F), 2.0F, 3.0F}, 0.25F);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_FLOAT_EQ(found[0].box.center_x, 0.5F);
  EXPECT_FLOAT_EQ(found[0].box.center_y, 0.5F);
  EXPECT_FLOAT_EQ(found[0].box.width, 0.2F);          // e^0 * 20 / 100
  EXPECT_FLOAT_EQ(found[0].box.height, 0.3F);         // 2 * 30 / 200
  EXPECT_FLOAT_EQ(found[0].objectness, 0.88079708F);  // s(2)
  EXPECT_FLOAT_EQ(found[0].confidence, 0.83902450F);  // s(2) s(3)
  EXPECT_EQ(found[0].class_id, 0);
}

TEST(YoloBoxes, ScaleXYWidensTheCell) {
  const auto found = one_cell({20.0F, -20.0F, 0.0F, 0.0F, 9.0F, 9.0F}, 0.25F, 1.2F);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_NEAR(found[0].box.center_x, 1.1F, 1e-6F);
  EXPECT_NEAR(found[0].box.center_y, -0.1F, 1e-6F);
}

TEST(YoloBoxes, NewCoordsTakeTheLogisticAsDone) {
  const auto found = one_cell({0.75F, 0.5F, 0.5F, 1.0F, 0.9F, 0.5F}, 0.25F, 2.0F, true);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_FLOAT_EQ(found[0].box.center_x, 1.0F);  // 0.75 * 2 - 0.5
  EXPECT_FLOAT_EQ(found[0].box.center_y, 0.5F);
  EXPECT_FLOAT_EQ(found[0].box.width, 0.2F);   // (2 * 0.5)^2 * 20 / 100
  EXPECT_FLOAT_EQ(found[0].box.height, 0.6F);  // (2 * 1)^2 * 30 / 200
  EXPECT_FLOAT_EQ(found[0].confidence, 0.45F);
}

TEST(YoloBoxes, AThresholdIsToBePassedNotReached) {
  EXPECT_EQ(one_cell({0, 0, 0, 0, 0.5F, 1.0F}, 0.5F, 1.0F, true).size(), 0U);
  EXPECT_EQ(one_cell({0, 0, 0, 0, 1.0F, 0.5F}, 0.5F, 1.0F, true).size(), 0U);
  EXPECT_EQ(one_cell({0, 0, 0, 0, 1.0F, 0.50001F}, 0.5F, 1.0F, true).size(), 1U);
  EXPECT_EQ(one_cell({0, 0, 0, 0, 0.0F, 90.0F}, 0.5F).size(), 0U);  // s(0) is 0.5
}

TEST(YoloBoxes, NothingIsOverOneAndAllIsOverZero) {
  EXPECT_EQ(one_cell({0, 0, 0, 0, 90.0F, 90.0F}, 1.0F).size(), 0U);
  EXPECT_EQ(one_cell({0, 0, 0, 0, -9.0F, -9.0F}, 0.0F).size(), 1U);
}

TEST(YoloBoxes, SkippingByTheRawValueChangesNothingNearTheThreshold) {
  for (const float threshold :
       {1e-7F, 1e-5F, 0.005F, 0.1F, 0.25F, 0.5F, 0.9F, 0.999F, 0.9999F, 0.999999F, 0.9999999F}) {
    const double exact = std::log(double{threshold} / (1.0 - double{threshold}));
    for (int step = -400; step <= 400; ++step) {
      const auto raw = static_cast<float>(exact * (1.0 + step * 5e-8) + step * 1e-9);
      const float objectness = activate(graph::Activation::kLogistic, raw);
      const bool over = objectness > threshold && objectness * 1.0F > threshold;
      ASSERT_EQ(one_cell({0, 0, 0, 0, raw, 90.0F}, threshold).size(), over ? 1U : 0U)
          << threshold << " " << raw;
      ASSERT_EQ(one_cell({0, 0, 0, 0, 90.0F, raw}, threshold).size(), over ? 1U : 0U)
          << threshold << " " << raw;
    }
  }
}

TEST(YoloBoxes, NaNIsOverNoThreshold) {
  EXPECT_EQ(one_cell({0, 0, 0, 0, kNaN, 9.0F}, 0.0F).size(), 0U);
  EXPECT_EQ(one_cell({0, 0, 0, 0, 9.0F, kNaN}, 0.0F).size(), 0U);
  EXPECT_EQ(one_cell({0, 0, 0, 0, kNaN, 9.0F}, 0.0F, 1.0F, true).size(), 0U);
}

TEST(YoloBoxes, ABoxThatIsNotFiniteIsDropped) {
  EXPECT_EQ(one_cell({kNaN, 0, 0, 0, 9.0F, 9.0F}, 0.25F).size(), 0U);
  EXPECT_EQ(one_cell({0, 0, 200.0F, 0, 9.0F, 9.0F}, 0.25F).size(), 0U);
  EXPECT_EQ(one_cell({0, 0, 0, kNaN, 9.0F, 9.0F}, 0.25F).size(), 0U);
}

/// Straight from the formulas, in double.
std::vector<Candidate> reference(const graph::Head& yolo, graph::Shape shape, graph::Shape input,
                                 const std::vector<float>& raw, double threshold) {
  const auto logistic = [&](double x) { return yolo.new_coords ? x : 1.0 / (1.0 + std::exp(-x)); };
  std::vector<Candidate> candidates;
  for (std::size_t n = 0; n < yolo.anchors.size(); ++n) {
    for (int row = 0; row < shape.height; ++row) {
      for (int column = 0; column < shape.width; ++column) {
        const auto at = [&](int entry) {
          const int plane = static_cast<int>(n) * (5 + yolo.classes) + entry;
          return double{
              raw[static_cast<std::size_t>((plane * shape.height + row) * shape.width + column)]};
        };
        const auto center = [&](int entry, int cell, int cells) {
          const double scale = double{yolo.scale_x_y};
          return static_cast<float>((cell + logistic(at(entry)) * scale - (scale - 1) / 2) / cells);
        };
        const auto side = [&](int entry, double anchor, int of) {
          const double t = at(entry);
          return static_cast<float>((yolo.new_coords ? 4 * t * t : std::exp(t)) * anchor / of);
        };
        const double objectness = logistic(at(4));
        for (int c = 0; c < yolo.classes; ++c) {
          const double confidence = objectness * logistic(at(5 + c));
          if (objectness > threshold && confidence > threshold) {
            candidates.push_back({{center(0, column, shape.width), center(1, row, shape.height),
                                   side(2, double{yolo.anchors[n][0]}, input.width),
                                   side(3, double{yolo.anchors[n][1]}, input.height)},
                                  static_cast<float>(confidence),
                                  static_cast<float>(objectness),
                                  c});
          }
        }
      }
    }
  }
  return candidates;
}

void expect_as_reference(const graph::Head& yolo, std::vector<float> raw, float threshold) {
  const graph::Shape shape{static_cast<int>(yolo.anchors.size()) * (5 + yolo.classes), 5, 7};
  const graph::Shape input{3, 160, 224};
  const auto found = boxes(yolo, shape, input, raw, threshold);
  const auto expected = reference(yolo, shape, input, raw, double{threshold});
  ASSERT_EQ(found.size(), expected.size());
  ASSERT_GT(found.size(), 10U);
  for (std::size_t i = 0; i < found.size(); ++i) {
    EXPECT_EQ(found[i].class_id, expected[i].class_id);
    EXPECT_NEAR(found[i].confidence, expected[i].confidence, 1e-6F);
    EXPECT_NEAR(found[i].objectness, expected[i].objectness, 1e-6F);
    EXPECT_NEAR(found[i].box.center_x, expected[i].box.center_x, 1e-6F);
    EXPECT_NEAR(found[i].box.center_y, expected[i].box.center_y, 1e-6F);
    EXPECT_NEAR(found[i].box.width, expected[i].box.width, 1e-5F * expected[i].box.width);
    EXPECT_NEAR(found[i].box.height, expected[i].box.height, 1e-5F * expected[i].box.height);
  }
}

std::vector<float> random_values(std::size_t count, float least, float most) {
  std::mt19937 random(42);
  std::uniform_real_distribution<float> values(least, most);
  std::vector<float> raw(count);
  for (float& value : raw) {
    value = values(random);
  }
  return raw;
}

TEST(YoloBoxes, RandomHeadsAreAsTheFormulasSay) {
  const std::vector<graph::Anchor> anchors{{10, 14}, {23, 27}, {37.5F, 58}};
  for (const float threshold : {0.005F, 0.25F, 0.6F}) {
    expect_as_reference(head_of(anchors, 4, 1.05F), random_values(3 * 9 * 35, -4, 4), threshold);
    expect_as_reference(head_of(anchors, 4, 2.0F, true), random_values(3 * 9 * 35, 0, 1),
                        threshold);
  }
}

TEST(YoloBoxes, AppendsInTheOrderAnchorCellClass) {
  const graph::Head yolo = head_of({{1, 1}, {2, 2}}, 2);
  std::vector<Candidate> found{Candidate{}};
  yolo_boxes(std::vector<float>(2 * 7 * 2, 5.0F), {&yolo, {14, 1, 2}, {3, 8, 8}}, 0.25F, found);
  ASSERT_EQ(found.size(), 9U);
  EXPECT_EQ(found[0], Candidate{});
  EXPECT_EQ(found[2].class_id, 1);
  EXPECT_GT(found[3].box.center_x, found[2].box.center_x);
  EXPECT_GT(found[5].box.width, found[4].box.width);
}

graph::Head gaussian_of(graph::YoloPoint point) {
  graph::Head head = head_of({{20.0F, 30.0F}}, 1, 1.2F);
  head.kind = graph::HeadKind::kGaussianYolo;
  head.point = point;
  return head;
}

TEST(GaussianYoloBoxes, OneCellByHand) {
  //                           x     dx     y    dy    w     dw    h               dh    o     c
  const std::vector<float> raw{1.0F,  -3.0F,          0.0F, 0.0F, 0.0F,
                               -2.0F, std::log(2.0F), 1.0F, 2.0F, 3.0F};
  const auto found =
      boxes(gaussian_of(graph::YoloPoint::kCenter), {10, 1, 1}, {3, 200, 100}, raw, 0.1F);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_NEAR(found[0].box.center_x, 0.73105858 * 1.2 - 0.1, 1e-6);  // s(1) k - (k - 1) / 2
  EXPECT_NEAR(found[0].box.center_y, 0.5, 1e-6);
  EXPECT_FLOAT_EQ(found[0].box.width, 0.2F);   // 20 / 100
  EXPECT_FLOAT_EQ(found[0].box.height, 0.3F);  // 2 * 30 / 200
  EXPECT_NEAR(found[0].objectness, 0.88079708, 1e-6);
  // s(2) s(3) (1 - (s(-3) + s(0) + s(-2) + s(1)) / 4)
  const double deviations = 0.04742587 + 0.5 + 0.11920292 + 0.73105858;
  EXPECT_NEAR(found[0].confidence, 0.83902450 * (1.0 - deviations / 4.0), 1e-6);
}

TEST(GaussianYoloBoxes, XAndYMayBeOfACorner) {
  const std::vector<float> raw{0, -9, 0, -9, 0, -9, 0, -9, 9, 9};
  const auto at = [&](graph::YoloPoint point) {
    return boxes(gaussian_of(point), {10, 1, 1}, {3, 200, 100}, raw, 0.1F).at(0).box;
  };
  EXPECT_FLOAT_EQ(at(graph::YoloPoint::kLeftTop).center_x, 0.5F + 0.1F);
  EXPECT_FLOAT_EQ(at(graph::YoloPoint::kLeftTop).center_y, 0.5F + 0.075F);
  EXPECT_FLOAT_EQ(at(graph::YoloPoint::kRightBottom).center_x, 0.5F - 0.1F);
  EXPECT_FLOAT_EQ(at(graph::YoloPoint::kRightBottom).center_y, 0.5F - 0.075F);
}

TEST(GaussianYoloBoxes, UncertaintyCanTakeAllOfTheConfidence) {
  const std::vector<float> raw{0, 90, 0, 90, 0, 90, 0, 90, 9, 9};
  EXPECT_TRUE(
      boxes(gaussian_of(graph::YoloPoint::kCenter), {10, 1, 1}, {3, 8, 8}, raw, 0.0F).empty());
}

graph::Head region_of(std::vector<graph::Anchor> anchors, int classes, bool softmax) {
  graph::Head head = head_of(std::move(anchors), classes);
  head.kind = graph::HeadKind::kRegion;
  head.softmax = softmax;
  return head;
}

TEST(RegionBoxes, OneCellByHand) {
  // Two columns, one row; what is found is in the second. The anchor is in cells.
  const std::vector<float> raw{0, 1, 0, 0, 0, 0, 0, std::log(2.0F), 0, 2, 0, 1, 0, 3};
  const auto found = boxes(region_of({{0.5F, 0.25F}}, 2, true), {7, 1, 2}, {3, 32, 64}, raw, 0.3F);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_FLOAT_EQ(found[0].box.center_x, 1.0F - (1.0F - 0.73105858F) / 2.0F);  // (1 + s(1)) / 2
  EXPECT_FLOAT_EQ(found[0].box.center_y, 0.5F);
  EXPECT_FLOAT_EQ(found[0].box.width, 0.25F);  // e^0 * 0.5 / 2
  EXPECT_FLOAT_EQ(found[0].box.height, 0.5F);  // 2 * 0.25 / 1
  EXPECT_EQ(found[0].class_id, 1);
  EXPECT_NEAR(found[0].confidence, 0.88079708 * 0.88079708, 1e-6);  // s(2) softmax(1, 3)[1] = s(2)
}

TEST(RegionBoxes, ASoftmaxOfLargeNumbersIsFinite) {
  const std::vector<float> raw{0, 0, 0, 0, 9.0F, 500.0F, 400.0F, -500.0F};
  const auto found = boxes(region_of({{1, 1}}, 3, true), {8, 1, 1}, {3, 8, 8}, raw, 0.5F);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].class_id, 0);
}

TEST(RegionBoxes, WithoutASoftmaxClassesAreTakenAsTheyAre) {
  const std::vector<float> raw{0, 0, 0, 0, 0.0F, 1.5F, 0.5F};
  const auto found = boxes(region_of({{1, 1}}, 2, false), {7, 1, 1}, {3, 8, 8}, raw, 0.6F);
  ASSERT_EQ(found.size(), 1U);  // 0.5 * 1.5; the objectness itself is under the threshold
  EXPECT_FLOAT_EQ(found[0].confidence, 0.75F);
}

TEST(RegionBoxes, NaNIsNoCandidate) {
  EXPECT_TRUE(boxes(region_of({{1, 1}}, 1, true), {6, 1, 1}, {3, 8, 8}, {0, 0, 0, 0, kNaN, 1}, 0.0F)
                  .empty());
  EXPECT_TRUE(boxes(region_of({{1, 1}}, 1, true), {6, 1, 1}, {3, 8, 8}, {0, 0, kNaN, 0, 9, 1}, 0.0F)
                  .empty());
  EXPECT_TRUE(boxes(region_of({{1, 1}}, 1, true), {6, 1, 1}, {3, 8, 8}, {0, 0, 0, 0, 9, kNaN}, 0.0F)
                  .empty());
}

TEST(ToPicture, UndoesAStretch) {
  const RelativeBox box{0.25F, 0.5F, 0.1F, 0.2F};
  const Placement stretched{416.0F / 768.0F, 416.0F / 576.0F, 0.0F, 0.0F};
  const RelativeBox found = to_picture(box, {3, 416, 416}, stretched, 768, 576);
  EXPECT_NEAR(found.center_x, 0.25F, 1e-6F);
  EXPECT_NEAR(found.center_y, 0.5F, 1e-6F);
  EXPECT_NEAR(found.width, 0.1F, 1e-6F);
  EXPECT_NEAR(found.height, 0.2F, 1e-6F);
}

TEST(ToPicture, UndoesALetterbox) {
  // 200 x 100 lies in 100 x 100 as 100 x 50 from row 25 on.
  const RelativeBox found =
      to_picture({0.5F, 0.375F, 0.2F, 0.25F}, {3, 100, 100}, {0.5F, 0.5F, 0.0F, 25.0F}, 200, 100);
  EXPECT_FLOAT_EQ(found.center_x, 0.5F);
  EXPECT_FLOAT_EQ(found.center_y, 0.25F);
  EXPECT_FLOAT_EQ(found.width, 0.2F);
  EXPECT_FLOAT_EQ(found.height, 0.5F);
}

TEST(ToPixels, GivesTheCornerAndDoesNotClip) {
  const Box box = to_pixels({0.05F, 0.5F, 0.2F, 0.5F}, 200, 100);
  EXPECT_FLOAT_EQ(box.x, -10.0F);
  EXPECT_FLOAT_EQ(box.y, 25.0F);
  EXPECT_FLOAT_EQ(box.width, 40.0F);
  EXPECT_FLOAT_EQ(box.height, 50.0F);
}

}  // namespace
}  // namespace yolofleet::ops
