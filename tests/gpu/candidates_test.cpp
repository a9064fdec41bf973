// Numbers of candidates around the limit, in cases small enough for compute-sanitizer.

#include <algorithm>
#include <random>

#include "gpu/devices.hpp"
#include "ops/detections_cuda.hpp"
#include "ops/yolo_boxes.hpp"

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

struct Found {
  int number = 0;
  int candidates = 0;
  std::vector<float> scores;
};

/// Without suppression: keeps as many candidates as there is room for.
Found on_gpu(int device, const void* raw, bool half, int rows, int columns) {
  DeviceHeads heads;
  heads.add(head(), {6, rows, columns}, kInput, raw, half);
  const auto thresholds = testing::on_device(device, std::vector{Thresholds{0.0F, 2.0F}});
  const auto mapping =
      testing::on_device(device, std::vector{PictureMapping{1, 1, 0, 0, 608, 416}});
  constexpr std::size_t kMost = kMostCandidates;
  const auto workspace = testing::poisoned(device, candidates_bytes(1));
  const auto number = testing::poisoned(device, sizeof(int));
  const auto found = testing::poisoned(device, sizeof(int));
  const auto boxes = testing::poisoned(device, kMost * sizeof(float4));
  const auto scores = testing::poisoned(device, kMost * sizeof(float));
  const auto classes = testing::poisoned(device, kMost * sizeof(int));
  const DetectionBatch batch{1, thresholds.as<Thresholds>(), mapping.as<PictureMapping>()};
  const Candidates candidates = candidates_in(workspace.get(), 1);
  const cuda::DeviceGuard guard{device};
  enqueue_yolo_boxes(heads, batch, candidates, nullptr);
  enqueue_nms(candidates, batch, {{}, kMostCandidates},
              {number.as<int>(), found.as<int>(), boxes.as<float4>(), scores.as<float>(),
               classes.as<int>()},
              nullptr);
  return {testing::on_host<int>(device, number, 1)[0], testing::on_host<int>(device, found, 1)[0],
          testing::on_host<float>(device, scores, kMost)};
}

class CandidatesCuda : public testing::GpuTest {};

TEST_F(CandidatesCuda, AroundTheRoomThereIsTheBestStay) {
  cuda::check(cudaSetDevice(0));  // the wrong one where there are two
  const std::vector<std::pair<int, int>> sizes{{63, 65}, {64, 64}, {17, 241}, {80, 60}};
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
      EXPECT_EQ(found.candidates, rows * columns);
      ASSERT_EQ(static_cast<std::size_t>(found.number), expected.size());
      for (std::size_t i = 0; i < expected.size(); ++i) {
        ASSERT_NEAR(found.scores[i], expected[i], 1e-6F) << i << " of " << expected.size();
      }
    }
  }
}

}  // namespace
}  // namespace yolofleet::ops
