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

/// What rounding to this precision can do to a detection. Confidences are compared as a ratio: it
/// is the network's raw numbers that are rounded, and small confidences grow with their
/// exponential.
///
/// FP32 beside FP32 was within 0.00001 (docs/gpu.md). BF16 beside FP32, six models on the
/// self-test's picture (tests/conformance): at 0.25 every detection has its partner, with an IoU of
/// 0.93 and more; at 0.4 the smallest model has one without. FP16 and TF32 round to three bits
/// more. What a device does that computes wrongly is far from all this: its boxes are elsewhere.
Tolerance tolerance_of(Precision precision) noexcept;

/// Whether both lanes can be right: within a kind only with the same bits; else if each detection
/// that the other can't have missed for its floor has a partner there of its class, within the
/// wider tolerance of the two.
bool agree(const Found& a, const Found& b);

/// Whether anything of two lanes is held against the other's: some box of one that the other can't
/// have missed; within a kind any box.
bool can_be_compared(const Found& a, const Found& b);

/// Whether that is so for each two of them.
bool can_be_compared(const std::vector<Found>& lanes);

/// Whom to believe: whoever disagrees with the most others goes, with all who disagree with as
/// many, until those that are left agree. True for each that goes; for all if those that are left
/// aren't more than half, since then it can't be told who is right.
std::vector<bool> odd_ones(const std::vector<Found>& lanes);

}  // namespace yolofleet::fleet
