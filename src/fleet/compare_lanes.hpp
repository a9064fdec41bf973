#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "yolofleet/detection.hpp"
#include "yolofleet/options.hpp"

namespace yolofleet::fleet {

/// The detections of one lane in a picture that other lanes have processed, too: every box over
/// `floor`, without non-maximum suppression. So each box has a counterpart, of the same cell and
/// anchor, in the other lanes.
struct Found {
  std::string kind;  ///< LaneInfo::kind
  Precision precision = Precision::kFp32;
  std::vector<Detection> detections;  ///< by falling confidence
  float floor = 0;  ///< weaker boxes are missing: under the threshold, or too many
};

/// How far apart the detections of two lanes of different kinds may be.
struct LaneTolerance {
  float confidence;  ///< smaller one divided by the larger, at least
  float iou;         ///< IoU of the boxes, at least
};

/// The effect that rounding to this precision can have on a detection. Confidences are compared as
/// a ratio: rounding affects the network's raw numbers, and small confidences grow with their
/// exponential.
///
/// Two FP32 lanes were within 0.00001 (docs/gpu.md). BF16 and FP32 lanes were compared with six
/// models on the self-test's picture (tests/conformance). With a ratio of 0.25 every detection has
/// its partner, with an IoU of 0.93 and more; with 0.4 one detection of the smallest model has
/// none. FP16 and TF32 have three more bits of mantissa. The boxes of a device that computes
/// wrongly are far outside all of this.
LaneTolerance lane_tolerance(Precision precision) noexcept;

/// Whether both lanes can be right. Lanes of one kind must give identical results. Between kinds,
/// each detection that isn't below the other lane's floor must have a partner there: of the same
/// class, within the wider tolerance of the two lanes.
bool agree(const Found& a, const Found& b);

/// Whether the comparison of two lanes says anything: one of them has a box that the other must
/// have, too. Between lanes of one kind any box will do.
bool can_be_compared(const Found& a, const Found& b);

/// Whether every pair of these lanes can be compared.
bool can_be_compared(const std::vector<Found>& lanes);

/// True for each lane that doesn't belong to the majority: the lanes with the most disagreements
/// are excluded, repeatedly, until the rest agree. All lanes are outliers if at most half would be
/// left, since then it can't be determined which are right.
std::vector<bool> outliers_of(const std::vector<Found>& lanes);

}  // namespace yolofleet::fleet
