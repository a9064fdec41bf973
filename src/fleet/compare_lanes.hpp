#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "yolofleet/detection.hpp"
#include "yolofleet/options.hpp"

namespace yolofleet::fleet {

/// What a lane found in a picture that others have looked at, too: every box over `floor`, none of
/// them suppressed by another. So each has its counterpart elsewhere: the same cell's.
struct Found {
  std::string kind;  ///< LaneInfo's
  Precision precision = Precision::kFp32;
  std::vector<Detection> detections;  ///< by falling confidence
  float floor = 0;  ///< weaker ones weren't asked for, or had no room among so many
};

/// How far two lanes of different kinds may be apart.
struct Tolerance {
  float confidence;  ///< the smaller one is at least this part of the larger
  float iou;         ///< of the boxes, at least
};

/// What rounding to this precision can do to a detection. Confidence is compared as a ratio: it is
/// the network's raw numbers that are rounded, and small confidences grow with their exponential.
/// FP32, TF32, FP16: docs/gpu.md (on photos, TF32 and FP16 moved confidences by 2 % at most). BF16:
/// six models on five made-up pictures, the 20 strongest of each: at least 0.43 and 0.91 but for
/// detections under 0.01, the smallest models being the worst.
/// Far from what a device does that computes wrongly: its boxes are elsewhere.
Tolerance tolerance_of(Precision precision) noexcept;

/// Whether both lanes can be right: within a kind only with the same bits; else if each detection
/// that the other can't have missed for its floor has a partner there of its class, within the
/// wider tolerance of the two.
bool agree(const Found& a, const Found& b);

/// Whom to believe: whoever disagrees with the most others goes, with all who disagree with as
/// many, until those that are left agree. True for each that goes; for all if those that are left
/// aren't more than half, since then it can't be told who is right.
std::vector<bool> odd_ones(const std::vector<Found>& lanes);

}  // namespace yolofleet::fleet
