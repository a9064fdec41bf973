#include <cstring>

#include "gpu/detection_cases.hpp"

namespace yolofleet::ops {
namespace {

class DetectionsCuda : public testing::GpuTest {};

Case usual_case(graph::NmsKind kind, bool new_coords = false) {
  Case one;
  one.heads = {head_of(19, 13, 20, -2.0F, new_coords), head_of(38, 26, 20, -3.0F, new_coords)};
  one.nms.rule = {kind, 0.7F};
  return one;
}

TEST_F(DetectionsCuda, AreTheCpusForEveryKindOfSuppression) {
  for (const auto kind :
       {graph::NmsKind::kDefault, graph::NmsKind::kGreedy, graph::NmsKind::kDiou}) {
    for (const bool new_coords : {false, true}) {
      const Case one = usual_case(kind, new_coords);
      expect_alike(one, on_gpu(device(), one));
    }
  }
}

TEST_F(DetectionsCuda, KeepTheStrongestUpToTheLimit) {
  Case one = usual_case(graph::NmsKind::kDefault);
  one.nms.max_detections = 20;
  const GpuResult gpu = on_gpu(device(), one);
  EXPECT_EQ(gpu.numbers, (std::vector{20, 20, 20}));
  expect_alike(one, gpu);
}

TEST_F(DetectionsCuda, MoreCandidatesThanRoomLeavesTheBest) {
  Case one = usual_case(graph::NmsKind::kDefault);
  one.heads = {head_of(38, 26, 80, 1.0F, false), head_of(76, 52, 80, 0.0F, false)};
  one.thresholds = {0.05F, 0.45F};
  one.nms.max_detections = 1000;
  const GpuResult gpu = on_gpu(device(), one);
  for (const int candidates : gpu.candidates) {
    EXPECT_GT(candidates, 10 * kMostCandidates);
  }
  expect_alike(one, gpu);
}

TEST_F(DetectionsCuda, GiveTheSameBitsEveryTime) {
  Case one = usual_case(graph::NmsKind::kGreedy);
  one.heads = {head_of(38, 26, 80, 1.0F, false), head_of(76, 52, 80, 0.0F, false)};
  one.thresholds = {0.05F, 0.45F};
  const GpuResult first = on_gpu(device(), one);
  for (int round = 0; round < 20; ++round) {
    const GpuResult again = on_gpu(device(), one);
    ASSERT_EQ(first.numbers, again.numbers);
    ASSERT_EQ(first.candidates, again.candidates);
    ASSERT_EQ(first.classes, again.classes);
    ASSERT_EQ(first.scores, again.scores);
    ASSERT_EQ(
        std::memcmp(first.boxes.data(), again.boxes.data(), first.boxes.size() * sizeof(float4)),
        0);
  }
}

TEST_F(DetectionsCuda, NothingOverTheThresholdIsNothing) {
  Case one = usual_case(graph::NmsKind::kGreedy);
  one.thresholds = {1.0F, 0.45F};
  const GpuResult gpu = on_gpu(device(), one);
  EXPECT_EQ(gpu.numbers, (std::vector{0, 0, 0}));
  EXPECT_EQ(gpu.candidates, (std::vector{0, 0, 0}));
}

}  // namespace
}  // namespace yolofleet::ops
