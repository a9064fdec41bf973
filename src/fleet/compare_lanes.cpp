#include "fleet/compare_lanes.hpp"

#include <algorithm>

namespace yolofleet::fleet {
namespace {

float iou(const Box& a, const Box& b) noexcept {
  const float width = std::min(a.x + a.width, b.x + b.width) - std::max(a.x, b.x);
  const float height = std::min(a.y + a.height, b.y + b.height) - std::max(a.y, b.y);
  if (a == b) {
    return 1.0F;  // also where it has no area
  }
  if (!(width > 0.0F && height > 0.0F)) {
    return 0.0F;
  }
  const float intersection = width * height;
  return intersection / (a.width * a.height + b.width * b.height - intersection);
}

bool are_partners(const Detection& a, const Detection& b, const LaneTolerance& tolerance) noexcept {
  const auto [weak, strong] = std::minmax(a.confidence, b.confidence);
  return a.class_id == b.class_id && weak >= strong * tolerance.confidence &&
         iou(a.box, b.box) >= tolerance.iou;
}

/// Whether its counterpart may be below the floor of `others`.
bool may_be_missed(const Detection& one, const Found& others, const LaneTolerance& tolerance) {
  return one.confidence * tolerance.confidence <= others.floor;
}

/// Whether each of `some` has its partner in `others`, unless that may be below the floor.
bool are_among(const Found& some, const Found& others, const LaneTolerance& tolerance) {
  return std::all_of(some.detections.begin(), some.detections.end(), [&](const Detection& one) {
    return may_be_missed(one, others, tolerance) ||
           std::any_of(others.detections.begin(), others.detections.end(),
                       [&](const Detection& other) { return are_partners(one, other, tolerance); });
  });
}

bool all_may_be_missed(const Found& some, const Found& others, const LaneTolerance& tolerance) {
  return std::all_of(some.detections.begin(), some.detections.end(),
                     [&](const Detection& one) { return may_be_missed(one, others, tolerance); });
}

LaneTolerance wider(const Found& a, const Found& b) {
  const LaneTolerance of_a = lane_tolerance(a.precision);
  const LaneTolerance of_b = lane_tolerance(b.precision);
  return {std::min(of_a.confidence, of_b.confidence), std::min(of_a.iou, of_b.iou)};
}

}  // namespace

LaneTolerance lane_tolerance(Precision precision) noexcept {
  switch (precision) {
    case Precision::kFp32:
      return {0.98F, 0.98F};
    case Precision::kTf32:
    case Precision::kFp16:
      return {0.7F, 0.9F};
    case Precision::kBf16:
    case Precision::kAuto:
      break;
  }
  return {0.25F, 0.7F};
}

bool agree(const Found& a, const Found& b) {
  if (a.kind == b.kind) {
    return a.detections == b.detections;
  }
  const LaneTolerance tolerance = wider(a, b);
  return are_among(a, b, tolerance) && are_among(b, a, tolerance);
}

bool can_be_compared(const Found& a, const Found& b) {
  if (a.kind == b.kind) {
    return !a.detections.empty() || !b.detections.empty();
  }
  const LaneTolerance tolerance = wider(a, b);
  return !all_may_be_missed(a, b, tolerance) || !all_may_be_missed(b, a, tolerance);
}

bool can_be_compared(const std::vector<Found>& lanes) {
  for (std::size_t i = 0; i < lanes.size(); ++i) {
    for (std::size_t j = i + 1; j < lanes.size(); ++j) {
      if (!can_be_compared(lanes[i], lanes[j])) {
        return false;
      }
    }
  }
  return true;
}

std::vector<bool> outliers_of(const std::vector<Found>& lanes) {
  const std::size_t count = lanes.size();
  std::vector<std::vector<bool>> differ(count, std::vector<bool>(count, false));
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t j = i + 1; j < count; ++j) {
      differ[i][j] = differ[j][i] = !agree(lanes[i], lanes[j]);
    }
  }
  std::vector<bool> outlier(count, false);
  for (;;) {
    std::vector<std::size_t> disagreements(count, 0);
    for (std::size_t i = 0; i < count; ++i) {
      for (std::size_t j = 0; j < count; ++j) {
        disagreements[i] += !outlier[i] && !outlier[j] && differ[i][j] ? 1U : 0U;
      }
    }
    const std::size_t most = *std::max_element(disagreements.begin(), disagreements.end());
    if (most == 0) {
      break;
    }
    for (std::size_t i = 0; i < count; ++i) {
      outlier[i] = outlier[i] || disagreements[i] == most;
    }
  }
  const auto left = static_cast<std::size_t>(std::count(outlier.begin(), outlier.end(), false));
  return 2 * left > count ? outlier : std::vector<bool>(count, true);
}

}  // namespace yolofleet::fleet
