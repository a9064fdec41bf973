// Numbers of candidates around the limit, in cases small enough for compute-sanitizer.

#include <algorithm>
#include <random>

#include "gpu/detection_cases.hpp"

namespace yolofleet::ops {
namespace {

const graph::Shape kInput{3, 416, 608};

graph::Head head() {
  graph::Head yolo;
  yolo.anchors = {{40, 30}};
  yolo.classes = 1;
  return yolo;
}

/// One anchor and one class, every box a candidate.
std::vector<float> raw_head(int rows, int columns) {
  std::mt19937 random{static_cast<unsigned>(rows * columns)};
  std::normal_distribution<float> normal{0.0F, 1.0F};
  std::vector<float> raw(static_cast<std::size_t>(6 * rows * columns));
  for (float& value : raw) {
    value = __half2float(__float2half_rn(normal(random)));
  }
  return raw;
}

std::vector<float> best_scores(const std::vector<float>& raw, int rows, int columns) {
  const graph::Head yolo = head();
  std::vector<Candidate> candidates;
  yolo_boxes(raw, {&yolo, {6, rows, columns}, kInput}, 0.0F, candidates);
  std::vector<float> scores;
  scores.reserve(candidates.size());
  for (const Candidate& candidate : candidates) {
    scores.push_back(candidate.confidence);
  }
  std::sort(scores.begin(), scores.end(), std::greater<>{});
  scores.resize(std::min<std::size_t>(scores.size(), kMostCandidates));
  return scores;
}

/// Without suppression: keeps as many candidates as there is room for.
Found on_gpu(int device, const void* raw, bool half, int rows, int columns) {
  DeviceHeads heads;
  heads.add(head(), {6, rows, columns}, kInput, raw, half);
  const auto thresholds = testing::on_device(device, std::vector{Thresholds{0.0F, 2.0F}});
  const auto mapping =
      testing::on_device(device, std::vector{PictureMapping{1, 1, 0, 0, 608, 416}});
  const auto workspace = testing::poisoned(device, candidates_bytes(1));
  const DetectionsThere found{device, 1, kMostCandidates};
  const DetectionBatch batch{1, thresholds.as<Thresholds>(), mapping.as<PictureMapping>()};
  const Candidates candidates = candidates_in(workspace.get(), 1);
  const cuda::DeviceGuard guard{device};
  enqueue_yolo_boxes(heads, batch, candidates, nullptr);
  enqueue_nms(candidates, batch, {{}, kMostCandidates}, found.arrays(), nullptr);
  return found.on_host().front();
}

class CandidatesCuda : public testing::GpuTest {};

TEST_F(CandidatesCuda, AroundTheRoomThereIsTheBestStay) {
  cuda::check(cudaSetDevice(0));  // the wrong one where there are two
  // Around the room in shared memory, and around all the room.
  const std::vector<std::pair<int, int>> sizes{{63, 65},   {64, 64},   {17, 241},  {100, 50},
                                               {127, 129}, {128, 128}, {125, 132}, {125, 160}};
  for (const auto& [rows, columns] : sizes) {
    const std::vector<float> raw = raw_head(rows, columns);
    const std::vector<float> expected = best_scores(raw, rows, columns);
    std::vector<__half> halves;
    halves.reserve(raw.size());
    for (const float value : raw) {
      halves.push_back(__float2half_rn(value));
    }
    const auto floats_there = testing::on_device(device(), raw);
    const auto halves_there = testing::on_device(device(), halves);
    for (const bool half : {false, true}) {
      const Found found =
          on_gpu(device(), half ? halves_there.get() : floats_there.get(), half, rows, columns);
      EXPECT_EQ(found.candidates,
                static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns));
      EXPECT_EQ(found.kept, expected.size());
      ASSERT_EQ(found.detections.size(), expected.size());
      for (std::size_t i = 0; i < expected.size(); ++i) {
        ASSERT_NEAR(found.detections[i].confidence, expected[i], 1e-6F)
            << i << " of " << expected.size();
      }
    }
  }
}

}  // namespace
}  // namespace yolofleet::ops
