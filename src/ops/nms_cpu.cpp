#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>

#include "ops/nms.hpp"

namespace yolofleet::ops {
namespace {

// The functions of the same names in overlap.cuh compute what these compute.

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

/// Boxes with the edges that `common_length` computes, each number in an array of its own.
class KeptBoxes {
 public:
  explicit KeptBoxes(const NmsOptions& options)
      : options_(options), least_iou_(options.threshold * (1.0F - 1e-6F)) {}

  void clear() noexcept {
    boxes_.clear();
    for (std::vector<float>* const numbers : {&left_, &right_, &top_, &bottom_, &area_}) {
      numbers->clear();
    }
  }

  void add(const RelativeBox& box) {
    const Edges edges = edges_of(box);
    boxes_.push_back(box);
    left_.push_back(edges.left);
    right_.push_back(edges.right);
    top_.push_back(edges.top);
    bottom_.push_back(edges.bottom);
    area_.push_back(box.width * box.height);
  }

  /// Whether one of them suppresses the box.
  bool suppress(const RelativeBox& box) const {
    for (std::size_t begin = 0; begin < boxes_.size(); begin += kAtOnce) {
      const std::size_t end = std::min(begin + kAtOnce, boxes_.size());
      if (any_may_suppress(box, begin, end) &&
          std::any_of(
              boxes_.begin() + static_cast<std::ptrdiff_t>(begin),
              boxes_.begin() + static_cast<std::ptrdiff_t>(end),
              [&](const RelativeBox& strong) { return suppresses(strong, box, options_); })) {
        return true;
      }
    }
    return false;
  }

 private:
  struct Edges {
    float left, right, top, bottom;
  };
  static Edges edges_of(const RelativeBox& box) noexcept {
    return {box.center_x - box.width / 2.0F, box.center_x + box.width / 2.0F,
            box.center_y - box.height / 2.0F, box.center_y + box.height / 2.0F};
  }

  static constexpr std::size_t kAtOnce = 32;

  /// False if none of [begin, end) has an IoU over the threshold, as is the case for most pairs.
  /// Neither a branch nor a division, so that the compiler makes vector instructions of the loop;
  /// `least_iou_` allows for the rounding of the division.
  bool any_may_suppress(const RelativeBox& box, std::size_t begin, std::size_t end) const noexcept {
    const Edges edges = edges_of(box);
    const float area = box.width * box.height;
    int any = 0;
    for (std::size_t i = begin; i < end; ++i) {
      const float width = std::min(edges.right, right_[i]) - std::max(edges.left, left_[i]);
      const float height = std::min(edges.bottom, bottom_[i]) - std::max(edges.top, top_[i]);
      const float intersection = width * height;
      const float union_area = area + area_[i] - intersection;
      any |= static_cast<int>(width >= 0.0F) & static_cast<int>(height >= 0.0F) &
             static_cast<int>(intersection >= least_iou_ * union_area);
    }
    return any != 0;
  }

  const NmsOptions& options_;
  float least_iou_;
  std::vector<RelativeBox> boxes_;
  std::vector<float> left_;
  std::vector<float> right_;
  std::vector<float> top_;
  std::vector<float> bottom_;
  std::vector<float> area_;
};

/// Those of `order` that stay; `order` is by class and falling confidence.
std::vector<std::size_t> suppress(const std::vector<Candidate>& candidates,
                                  const std::vector<std::size_t>& order,
                                  const NmsOptions& options) {
  std::vector<std::size_t> kept;
  KeptBoxes of_class{options};
  for (const std::size_t position : order) {
    const Candidate& candidate = candidates[position];
    if (!kept.empty() && candidates[kept.back()].class_id != candidate.class_id) {
      of_class.clear();
    }
    if (!of_class.suppress(candidate.box)) {
      of_class.add(candidate.box);
      kept.push_back(position);
    }
  }
  return kept;
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

NmsResult nms(std::vector<Candidate> candidates, const NmsOptions& options) {
  std::vector<std::size_t> kept = by_class(candidates);
  if (options.threshold <= 1.0F) {
    kept = suppress(candidates, kept, options);
  }
  std::sort(kept.begin(), kept.end(), [&](std::size_t left, std::size_t right) {
    const float a = candidates[left].confidence;
    const float b = candidates[right].confidence;
    return a != b ? a > b : left < right;
  });
  NmsResult result;
  const auto limit =
      options.max_detections > 0 ? static_cast<std::size_t>(options.max_detections) : kept.size();
  result.cut = kept.size() - std::min(kept.size(), limit);
  kept.resize(kept.size() - result.cut);
  result.kept.reserve(kept.size());
  for (const std::size_t position : kept) {
    result.kept.push_back(candidates[position]);
  }
  return result;
}

}  // namespace yolofleet::ops
