#pragma once

#include <cmath>

#include "graph/operations.hpp"
#include "ops/yolo_boxes.hpp"

#ifdef __CUDACC__
#define YOLOFLEET_HOST_DEVICE __host__ __device__
#else
#define YOLOFLEET_HOST_DEVICE
#endif

/// The formulas of yolo_boxes.hpp, once for the CPU and for kernels: what the numbers of one anchor
/// in one cell mean. `Real` is what exponentials of sides and classes are computed in: double on
/// the CPU, as in Darknet; float in kernels, for cards have few units for the other.
namespace yolofleet::ops {

/// A head, but for its anchors and its size.
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

/// An anchor's numbers: x, y, w, h, each with a deviation behind it or without, objectness,
/// classes.
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

/// Without a softmax a class of [region] may be over 1, and any objectness is enough.
YOLOFLEET_HOST_DEVICE inline bool takes_any_objectness(const HeadForm& form) {
  return form.kind == graph::HeadKind::kRegion && !form.softmax;
}

/// Whether a place with this objectness, before any sigmoid, is looked at.
YOLOFLEET_HOST_DEVICE inline bool passes(const HeadForm& form, float raw, float threshold) {
  return takes_any_objectness(form) || probability(form, raw) > threshold;
}

/// One anchor in one cell, and what its sides are relative to: the input, whose pixels anchors are
/// in, or of [region] the head's cells.
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

/// `number(n)` is the n-th of the place's numbers, here and below.
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

/// What a class's probability is multiplied by: the objectness, of [Gaussian_yolo] times one less
/// the mean of the four deviations.
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

/// Over a place's classes: the largest, and the sum of their parts in the classes' order.
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

/// `softmax` counts where the head has one.
template <typename Real>
YOLOFLEET_HOST_DEVICE float class_probability(const HeadForm& form, float raw,
                                              const Softmax& softmax) {
  if (form.kind != graph::HeadKind::kRegion) {
    return probability(form, raw);
  }
  return form.softmax ? softmax_part<Real>(raw, softmax.largest) / softmax.sum : raw;
}

}  // namespace yolofleet::ops
