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
  const std::vector<Found> gpu = on_gpu(device(), one);
  for (const Found& found : gpu) {
    EXPECT_EQ(found.detections.size(), 20U);
    EXPECT_GT(found.kept, 20U);
  }
  expect_alike(one, gpu);
}

TEST_F(DetectionsCuda, MoreCandidatesThanRoomLeavesTheBest) {
  Case one = usual_case(graph::NmsKind::kDefault);
  one.heads = {head_of(38, 26, 80, 1.0F, false), head_of(76, 52, 80, 0.0F, false)};
  one.thresholds = {0.05F, 0.45F};
  one.nms.max_detections = 1000;
  const std::vector<Found> gpu = on_gpu(device(), one);
  for (const Found& found : gpu) {
    EXPECT_GT(found.candidates, std::size_t{10} * kMostCandidates);
  }
  expect_alike(one, gpu);
}

TEST_F(DetectionsCuda, GiveTheSameBitsEveryTime) {
  Case one = usual_case(graph::NmsKind::kGreedy);
  one.heads = {head_of(38, 26, 80, 1.0F, false), head_of(76, 52, 80, 0.0F, false)};
  one.thresholds = {0.05F, 0.45F};
  const std::vector<Found> first = on_gpu(device(), one);
  for (int round = 0; round < 20; ++round) {
    const std::vector<Found> again = on_gpu(device(), one);
    for (std::size_t p = 0; p < kBatch; ++p) {
      ASSERT_EQ(first[p].kept, again[p].kept);
      ASSERT_EQ(first[p].candidates, again[p].candidates);
      ASSERT_EQ(first[p].detections.size(), again[p].detections.size());
      ASSERT_EQ(std::memcmp(first[p].detections.data(), again[p].detections.data(),
                            first[p].detections.size() * sizeof(Detection)),
                0);
    }
  }
}

TEST_F(DetectionsCuda, NothingOverTheThresholdIsNothing) {
  Case one = usual_case(graph::NmsKind::kGreedy);
  one.thresholds = {1.0F, 0.45F};
  for (const Found& found : on_gpu(device(), one)) {
    EXPECT_TRUE(found.detections.empty());
    EXPECT_EQ(found.kept, 0U);
    EXPECT_EQ(found.candidates, 0U);
  }
}

}  // namespace
}  // namespace yolofleet::ops
