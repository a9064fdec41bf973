#pragma once

#include <span>
#include <vector>

#include "graph/operations.hpp"
#include "graph/shape.hpp"
#include "ops/resize.hpp"
#include "yolofleet/detection.hpp"

namespace yolofleet::ops {

/// A rectangle in units of the width and height of a picture or network input: 0 to 1 is inside.
struct RelativeBox {
  float center_x = 0.0F;
  float center_y = 0.0F;
  float width = 0.0F;
  float height = 0.0F;

  friend bool operator==(const RelativeBox&, const RelativeBox&) = default;
};

/// A possible detection, before suppression: one class of one anchor in one cell.
struct Candidate {
  RelativeBox box;
  float confidence = 0.0F;  ///< objectness times class probability; lower for [Gaussian_yolo]
  float objectness = 0.0F;
  int class_id = 0;

  friend bool operator==(const Candidate&, const Candidate&) = default;
};

/// A head and the shapes that its formulas need.
struct HeadView {
  const graph::Head* head = nullptr;
  graph::Shape shape;  ///< the shape of the head's input
  graph::Shape input;  ///< the shape of the network's input
};

/// Appends to `candidates` each (anchor, cell, class) whose confidence is over `threshold`, and
/// whose objectness is too, except for [region]; in the order anchor, row, column, class. Boxes are
/// relative to the network's input.
///
/// `raw` is the output of the layer before the head: for each anchor x, y, w, h, objectness, then
/// classes, each a plane of rows x columns. In the formulas, s is the logistic function and k is
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
/// [Gaussian_yolo]: src/gaussian_yolo_layer.c. For each anchor x, dx, y, dy, w, dw, h, dh,
/// objectness, classes; as [yolo], but the confidence is also times 1 - (s(dx) + s(dy) + s(dw) +
/// s(dh)) / 4, and with `point` kLeftTop or kRightBottom x and y describe that corner.
///
/// [region]: src/region_layer.c (forward_region_layer, get_region_box, get_region_boxes)
///
///   center_x = (column + s(x)) / columns, center_y alike
///   width    = e^w * anchor width / columns, height = e^h * anchor height / rows
///   objectness = s(o), probability = softmax over the anchor's classes, without `softmax` c itself
///
/// NaN is never over the threshold, and a candidate whose box isn't finite is dropped (Darknet
/// keeps it). Preconditions: `raw.size()` is `shape.elements()`; its channels are anchors x
/// numbers_per_anchor; no class_tree.
void yolo_boxes(std::span<const float> raw, const HeadView& head, float threshold,
                std::vector<Candidate>& candidates);

/// Converts a box from coordinates relative to the network's input to coordinates relative to a
/// picture of width x height pixels, which was placed in the input by `placement`. Darknet:
/// correct_yolo_boxes.
RelativeBox to_picture(const RelativeBox& box, graph::Shape input, const Placement& placement,
                       int width, int height) noexcept;

/// Converts a box relative to a picture of width x height pixels to pixels.
Box to_pixels(const RelativeBox& box, int width, int height) noexcept;

}  // namespace yolofleet::ops
