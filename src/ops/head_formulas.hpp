#pragma once

#include <cmath>

#include "base/host_device.hpp"
#include "graph/operations.hpp"
#include "ops/yolo_boxes.hpp"

/// The formulas of yolo_boxes.hpp for the values of one anchor in one cell, shared by the CPU and
/// the kernels. `Real` is the type in which exponentials of sides and classes are computed: double
/// on the CPU, as in Darknet; float in kernels, because GPUs have few units for double.
namespace yolofleet::ops {

/// The options of a head that the formulas need.
struct HeadForm {
  graph::HeadKind kind = graph::HeadKind::kYolo;
  graph::YoloPoint point = graph::YoloPoint::kCenter;
  int classes = 0;
  float scale_x_y = 1.0F;
  bool new_coords = false;
  bool softmax = false;
};

inline HeadForm form_of(const graph::Head& head) noexcept {
  return {head.kind, head.point, head.classes, head.scale_x_y, head.new_coords, head.softmax};
}

/// The order of an anchor's numbers: x, y, w, h, each followed by its deviation if it has one, then
/// objectness, then the classes.
YOLOFLEET_HOST_DEVICE inline int numbers_per_side(const HeadForm& form) {
  return form.kind == graph::HeadKind::kGaussianYolo ? 2 : 1;
}
YOLOFLEET_HOST_DEVICE inline int objectness_number(const HeadForm& form) {
  return 4 * numbers_per_side(form);
}
YOLOFLEET_HOST_DEVICE inline int class_number(const HeadForm& form, int class_id) {
  return objectness_number(form) + 1 + class_id;
}

YOLOFLEET_HOST_DEVICE inline float logistic(float x) {
  return 1.0F / (1.0F + std::exp(-x));
}

YOLOFLEET_HOST_DEVICE inline float probability(const HeadForm& form, float raw) {
  return form.new_coords ? raw : logistic(raw);
}

/// Without a softmax, a class of [region] may be over 1, so a low objectness excludes nothing.
YOLOFLEET_HOST_DEVICE inline bool takes_any_objectness(const HeadForm& form) {
  return form.kind == graph::HeadKind::kRegion && !form.softmax;
}

/// Whether an anchor in a cell with this objectness, before any sigmoid, can give a candidate.
YOLOFLEET_HOST_DEVICE inline bool passes(const HeadForm& form, float raw, float threshold) {
  return takes_any_objectness(form) || probability(form, raw) > threshold;
}

/// One anchor in one cell. `whole_width` and `whole_height` are the lengths that the anchor's sides
/// are divided by: the network's input in pixels, for [region] the head in cells.
template <typename Real>
struct Place {
  int row = 0;
  int column = 0;
  int rows = 0;
  int columns = 0;
  Real anchor_width = 0;
  Real anchor_height = 0;
  Real whole_width = 0;
  Real whole_height = 0;
};

YOLOFLEET_HOST_DEVICE inline float center(const HeadForm& form, float raw, int cell, int cells) {
  const float scale = form.scale_x_y;
  const float within = probability(form, raw) * scale - 0.5F * (scale - 1.0F);
  return (static_cast<float>(cell) + within) / static_cast<float>(cells);
}

template <typename Real>
YOLOFLEET_HOST_DEVICE float side(const HeadForm& form, float raw, Real anchor, Real whole) {
  if (form.new_coords) {
    return raw * raw * 4.0F * static_cast<float>(anchor) / static_cast<float>(whole);
  }
  return static_cast<float>(std::exp(Real{raw}) * anchor / whole);
}

/// `number(n)` is the n-th number of the anchor in this cell, here and below.
template <typename Real, typename Numbers>
YOLOFLEET_HOST_DEVICE RelativeBox box_of(const HeadForm& form, const Place<Real>& place,
                                         const Numbers& number) {
  const int step = numbers_per_side(form);
  RelativeBox box{center(form, number(0), place.column, place.columns),
                  center(form, number(step), place.row, place.rows),
                  side(form, number(2 * step), place.anchor_width, place.whole_width),
                  side(form, number(3 * step), place.anchor_height, place.whole_height)};
  if (form.point != graph::YoloPoint::kCenter) {
    const float half = form.point == graph::YoloPoint::kLeftTop ? 0.5F : -0.5F;
    box.center_x += half * box.width;
    box.center_y += half * box.height;
  }
  return box;
}

YOLOFLEET_HOST_DEVICE inline bool finite(const RelativeBox& box) {
  return std::isfinite(box.center_x) && std::isfinite(box.center_y) && std::isfinite(box.width) &&
         std::isfinite(box.height);
}

/// The factor of all class probabilities: the objectness; for [Gaussian_yolo] times one minus the
/// mean of the four deviations.
template <typename Numbers>
YOLOFLEET_HOST_DEVICE float certainty(const HeadForm& form, const Numbers& number) {
  const float objectness = probability(form, number(objectness_number(form)));
  if (form.kind != graph::HeadKind::kGaussianYolo) {
    return objectness;
  }
  float sum = 0.0F;
  for (int n = 0; n < 4; ++n) {
    sum += logistic(number(2 * n + 1));
  }
  return objectness * (1.0F - sum / 4.0F);
}

/// The largest of the classes' values, and the sum of their exponentials in the classes' order.
struct Softmax {
  float largest = 0.0F;
  float sum = 1.0F;
};

YOLOFLEET_HOST_DEVICE inline bool has_softmax(const HeadForm& form) {
  return form.kind == graph::HeadKind::kRegion && form.softmax;
}

template <typename Real>
YOLOFLEET_HOST_DEVICE float softmax_part(float raw, float largest) {
  return static_cast<float>(std::exp(Real{raw} - Real{largest}));
}

/// `softmax` is used only if the head has one.
template <typename Real>
YOLOFLEET_HOST_DEVICE float class_probability(const HeadForm& form, float raw,
                                              const Softmax& softmax) {
  if (form.kind != graph::HeadKind::kRegion) {
    return probability(form, raw);
  }
  return form.softmax ? softmax_part<Real>(raw, softmax.largest) / softmax.sum : raw;
}

}  // namespace yolofleet::ops
