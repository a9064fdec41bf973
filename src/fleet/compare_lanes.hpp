#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "yolofleet/detection.hpp"
#include "yolofleet/options.hpp"

namespace yolofleet::fleet {

/// The detections of one lane in a picture that other lanes have processed, too: every box over
/// `floor`, without non-maximum suppression. So each box has its counterpart, of the same cell and
/// anchor, in the other lanes.
struct Found {
  std::string kind;  ///< LaneInfo::kind
  Precision precision = Precision::kFp32;
  std::vector<Detection> detections;  ///< by falling confidence
  float floor = 0;  ///< weaker boxes are missing: below the threshold, or over the largest number
};

/// How far apart the detections of two lanes of different kinds may be.
struct LaneTolerance {
  float confidence;  ///< the smaller one must be at least this part of the larger
  float iou;         ///< of the boxes, at least
};

/// The effect that rounding to this precision can have on a detection. Confidences are compared as
/// a ratio: rounding affects the network's raw numbers, and small confidences grow with their
/// exponential.
///
/// Two FP32 lanes were within 0.00001 (docs/gpu.md). BF16 and FP32 lanes, six models on the
/// self-test's picture (tests/conformance): at 0.25 every detection has its partner, with an IoU of
/// 0.93 and more; at 0.4 the smallest model has one without. FP16 and TF32 have three more bits of
/// mantissa. The boxes of a device that computes wrongly are far outside all of this.
LaneTolerance lane_tolerance(Precision precision) noexcept;

/// Whether both lanes can be right. Lanes of one kind must give the same bits. Between kinds, each
/// detection that isn't below the other's floor must have a partner there: of the same class,
/// within the wider tolerance of the two.
bool agree(const Found& a, const Found& b);

/// Whether the comparison of two lanes says anything: one of them has a box that the other must
/// have, too. Within a kind any box counts.
bool can_be_compared(const Found& a, const Found& b);

/// Whether that holds for each pair of lanes.
bool can_be_compared(const std::vector<Found>& lanes);

/// True for each lane that doesn't belong to the majority: the lanes with the most disagreements
/// are excluded, repeatedly, until the rest agree. All lanes are outliers if at most half would be
/// left, since then it can't be determined which are right.
std::vector<bool> outliers_of(const std::vector<Found>& lanes);

}  // namespace yolofleet::fleet
