#pragma once

#include <span>
#include <vector>

#include "graph/operations.hpp"
#include "graph/shape.hpp"
#include "ops/resize.hpp"
#include "yolofleet/detection.hpp"

namespace yolofleet::ops {

/// A rectangle relative to something's width and height: 0 to 1 within it.
struct RelativeBox {
  float center_x = 0.0F;
  float center_y = 0.0F;
  float width = 0.0F;
  float height = 0.0F;

  friend bool operator==(const RelativeBox&, const RelativeBox&) = default;
};

/// What a head says about one class in one place, before suppression.
struct Candidate {
  RelativeBox box;
  float confidence = 0.0F;  ///< objectness times class probability; of [Gaussian_yolo] less
  float objectness = 0.0F;
  int class_id = 0;

  friend bool operator==(const Candidate&, const Candidate&) = default;
};

/// A head and the tensors that its numbers are relative to.
struct HeadView {
  const graph::Head* head = nullptr;
  graph::Shape shape;  ///< of the head's input
  graph::Shape input;  ///< of the network's
};

/// Appends to `candidates` every (anchor, cell, class) with confidence over `threshold` (and
/// objectness over it, but for [region]), in the order anchor, row, column, class; boxes relative
/// to the network's input.
///
/// `raw` is what the layer before the head gives: for each anchor x, y, w, h, objectness, then
/// classes, each a plane of rows x columns. Formulas, with s for the logistic function and k for
/// scale_x_y:
///
/// [yolo]: Darknet, src/yolo_layer.c (forward_yolo_layer, get_yolo_box, get_yolo_detections)
///
///   center_x = (column + s(x) k - (k - 1) / 2) / columns, center_y alike
///   width    = e^w * anchor width / input width, height alike
///   objectness = s(o), probability = s(c), confidence = their product
///
/// With new_coords the layer before has applied the logistic function: s is left out, and
/// width = (2 w)^2 * anchor width / input width.
///
/// [Gaussian_yolo]: src/gaussian_yolo_layer.c. Of each anchor x, dx, y, dy, w, dw, h, dh,
/// objectness, classes; as [yolo], but the confidence is also times 1 - (s(dx) + s(dy) + s(dw) +
/// s(dh)) / 4, and with `point` kLeftTop or kRightBottom x and y are of that corner.
///
/// [region]: src/region_layer.c (forward_region_layer, get_region_box, get_region_boxes)
///
///   center_x = (column + s(x)) / columns, center_y alike
///   width    = e^w * anchor width / columns, height = e^h * anchor height / rows
///   objectness = s(o), probability = softmax over the anchor's classes, without `softmax` c itself
///
/// NaN is over no threshold, and a candidate whose box isn't finite is dropped (Darknet keeps it).
/// Preconditions: `raw.size()` is the shape's elements; its channels are anchors x
/// numbers_per_anchor; no class_tree.
void yolo_boxes(std::span<const float> raw, const HeadView& head, float threshold,
                std::vector<Candidate>& candidates);

/// A box relative to the network's input, made relative to the picture of this size that lies in
/// it so. Darknet: correct_yolo_boxes.
RelativeBox to_picture(const RelativeBox& box, graph::Shape input, const Placement& placement,
                       int width, int height) noexcept;

/// A box relative to a picture of this size, in its pixels.
Box to_pixels(const RelativeBox& box, int width, int height) noexcept;

}  // namespace yolofleet::ops
