#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>

#include "ops/nms.hpp"

namespace yolofleet::ops {
namespace {

// The functions of the same names in nms_cuda.cu compute what these compute.

/// The length that two intervals on a line share; negative where there is a gap between them.
float common_length(float centre_a, float length_a, float centre_b, float length_b) noexcept {
  const float begin = std::max(centre_a - length_a / 2.0F, centre_b - length_b / 2.0F);
  const float end = std::min(centre_a + length_a / 2.0F, centre_b + length_b / 2.0F);
  return end - begin;
}

/// The length of the shortest interval around both.
float covering_length(float centre_a, float length_a, float centre_b, float length_b) noexcept {
  const float begin = std::min(centre_a - length_a / 2.0F, centre_b - length_b / 2.0F);
  const float end = std::max(centre_a + length_a / 2.0F, centre_b + length_b / 2.0F);
  return end - begin;
}

float iou(const RelativeBox& a, const RelativeBox& b) noexcept {
  const float width = common_length(a.center_x, a.width, b.center_x, b.width);
  const float height = common_length(a.center_y, a.height, b.center_y, b.height);
  if (width < 0.0F || height < 0.0F) {
    return 0.0F;
  }
  const float intersection = width * height;
  const float union_area = a.width * a.height + b.width * b.height - intersection;
  return intersection == 0.0F || union_area == 0.0F ? 0.0F : intersection / union_area;
}

/// (d^2 / c^2)^exponent; 0 where c is 0.
float distance_term(const RelativeBox& a, const RelativeBox& b, float exponent) noexcept {
  const float width = covering_length(a.center_x, a.width, b.center_x, b.width);
  const float height = covering_length(a.center_y, a.height, b.center_y, b.height);
  const float diagonal = width * width + height * height;
  if (diagonal == 0.0F) {
    return 0.0F;
  }
  const float across = a.center_x - b.center_x;
  const float down = a.center_y - b.center_y;
  const float distance = across * across + down * down;
  return static_cast<float>(std::pow(double{distance / diagonal}, double{exponent}));
}

bool suppresses(const RelativeBox& strong, const RelativeBox& weak, const NmsOptions& options) {
  // The distance term only lowers the overlap, so most pairs need no power.
  if (!(iou(strong, weak) > options.threshold)) {
    return false;
  }
  return options.rule.kind == graph::NmsKind::kDefault ||
         overlap(strong, weak, options.rule) > options.threshold;
}

/// Positions in `candidates` by class, then falling confidence, then position.
std::vector<std::size_t> by_class(const std::vector<Candidate>& candidates) {
  std::vector<std::size_t> order(candidates.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t left, std::size_t right) {
    const Candidate& a = candidates[left];
    const Candidate& b = candidates[right];
    if (a.class_id != b.class_id) {
      return a.class_id < b.class_id;
    }
    return a.confidence != b.confidence ? a.confidence > b.confidence : left < right;
  });
  return order;
}

}  // namespace

float overlap(const RelativeBox& a, const RelativeBox& b, const graph::NmsRule& rule) noexcept {
  switch (rule.kind) {
    case graph::NmsKind::kDefault:
      break;
    case graph::NmsKind::kGreedy:
      return iou(a, b) - distance_term(a, b, kGreedyExponent);
    case graph::NmsKind::kDiou:
      return iou(a, b) - distance_term(a, b, rule.beta);
  }
  return iou(a, b);
}

std::vector<Candidate> nms(std::vector<Candidate> candidates, const NmsOptions& options) {
  const auto limit = static_cast<std::size_t>(std::max(options.max_detections, 1));
  std::vector<std::size_t> kept;
  std::size_t class_begin = 0;  // where the current class begins in `kept`
  for (const std::size_t position : by_class(candidates)) {
    const Candidate& candidate = candidates[position];
    if (class_begin < kept.size() && candidates[kept[class_begin]].class_id != candidate.class_id) {
      class_begin = kept.size();
    }
    // At least `limit` stronger candidates of its class stayed: it can't be in the result.
    if (kept.size() - class_begin >= limit) {
      continue;
    }
    const bool suppressed = std::any_of(
        kept.begin() + static_cast<std::ptrdiff_t>(class_begin), kept.end(),
        [&](std::size_t k) { return suppresses(candidates[k].box, candidate.box, options); });
    if (!suppressed) {
      kept.push_back(position);
    }
  }
  std::sort(kept.begin(), kept.end(), [&](std::size_t left, std::size_t right) {
    const float a = candidates[left].confidence;
    const float b = candidates[right].confidence;
    return a != b ? a > b : left < right;
  });
  kept.resize(std::min(kept.size(), limit));
  std::vector<Candidate> result;
  result.reserve(kept.size());
  for (const std::size_t position : kept) {
    result.push_back(candidates[position]);
  }
  return result;
}

}  // namespace yolofleet::ops
