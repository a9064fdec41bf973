#pragma once

#include <vector>

#include "graph/operations.hpp"
#include "ops/yolo_boxes.hpp"

namespace yolofleet::ops {

struct NmsOptions {
  graph::NmsRule rule;
  float threshold = 0.45F;   ///< of the overlap; 0 to 1
  int max_detections = 300;  ///< of all classes together, the strongest; at least 1
};

/// How much `b` is in the way of `a` under a rule. Darknet, src/box.c, in float:
///   default (box_iou)      IoU, 0 where the union or the intersection is
///   greedynms (box_diou)   IoU - (d^2 / c^2)^0.6, whatever `beta` says
///   diounms (box_diounms)  IoU - (d^2 / c^2)^beta
/// d is the distance of the centres, c the diagonal of the box around both; where c is 0, IoU.
float overlap(const RelativeBox& a, const RelativeBox& b, const graph::NmsRule& rule) noexcept;

/// Non-maximum suppression, class by class, as Darknet's do_nms_sort and diounms_sort (src/box.c):
/// by falling confidence, a box stays unless its `overlap` with a stronger one of its class that
/// stayed is over the threshold. Boxes must be relative to the picture, as Darknet compares them:
/// stretching changes d^2 / c^2.
///
/// Gives the `max_detections` strongest by falling confidence; equally strong ones, here and while
/// suppressing, in the order in which they came (Darknet leaves that to qsort).
///
/// Darknet suppresses the boxes of all heads together, by the rule of the last; so `rule` is that
/// head's.
std::vector<Candidate> nms(std::vector<Candidate> candidates, const NmsOptions& options);

}  // namespace yolofleet::ops
