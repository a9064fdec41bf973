#pragma once

#include <cstddef>
#include <vector>

#include "graph/operations.hpp"
#include "ops/yolo_boxes.hpp"

namespace yolofleet::ops {

struct NmsOptions {
  graph::NmsRule rule;
  /// A box that overlaps a stronger one by more is dropped; over 1: none is dropped.
  float threshold = 0.0F;
  int max_detections = 0;  ///< the strongest boxes of all classes together; 0: all
};

struct NmsResult {
  std::vector<Candidate> kept;  ///< by falling confidence
  std::size_t cut = 0;          ///< weaker ones that `max_detections` left out
};

/// The exponent of Darknet's box_diou (src/box.c), which greedynms uses.
inline constexpr float kGreedyExponent = 0.6F;

/// The overlap of two boxes under a rule. Darknet, src/box.c, in float:
///   default (box_iou)      IoU, or 0 where the union or the intersection is 0
///   greedynms (box_diou)   IoU - (d^2 / c^2)^0.6; `beta` is not used
///   diounms (box_diounms)  IoU - (d^2 / c^2)^beta
/// d is the distance between the centres, c the diagonal of the smallest box around both. Where c
/// is 0, the overlap is IoU.
float overlap(const RelativeBox& a, const RelativeBox& b, const graph::NmsRule& rule) noexcept;

/// Non-maximum suppression within each class, as Darknet's do_nms_sort and diounms_sort
/// (src/box.c): in the order of falling confidence, a box is dropped if its `overlap` with a kept
/// box of its class is over the threshold. Boxes must be relative to the picture, as in Darknet:
/// d^2 / c^2 depends on the aspect ratio.
///
/// Returns the `max_detections` strongest. Boxes of equal confidence keep the order of
/// `candidates`, here and during suppression (in Darknet qsort decides).
///
/// Darknet suppresses the boxes of all heads together, by the rule of the last head; `rule` is the
/// rule of that head.
NmsResult nms(std::vector<Candidate> candidates, const NmsOptions& options);

}  // namespace yolofleet::ops
