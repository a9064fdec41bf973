#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>

#include "ops/activation.hpp"
#include "ops/yolo_boxes.hpp"

namespace yolofleet::ops {
namespace {

using graph::HeadKind;

float logistic(float x) noexcept {
  return activate(graph::Activation::kLogistic, x);
}

/// A raw value that is not over this has a logistic that is not over `probability`, whatever the
/// logistic's rounding (under 1e-6) makes of it. Spares nearly every cell the exponential.
float raw_limit(float probability) noexcept {
  constexpr double kRounding = 1e-6;
  const double floor = double{probability} - kRounding;
  if (!(floor > 0.0)) {
    return -std::numeric_limits<float>::infinity();
  }
  if (floor >= 1.0) {
    return std::numeric_limits<float>::infinity();
  }
  return std::nextafter(static_cast<float>(std::log(floor / (1.0 - floor))),
                        -std::numeric_limits<float>::infinity());
}

bool finite(const RelativeBox& box) noexcept {
  return std::isfinite(box.center_x) && std::isfinite(box.center_y) && std::isfinite(box.width) &&
         std::isfinite(box.height);
}

/// One anchor's planes and how to read them.
class AnchorReader {
 public:
  AnchorReader(std::span<const float> planes, const HeadView& view, const graph::Anchor& anchor)
      : planes_(planes),
        head_(*view.head),
        shape_(view.shape),
        cells_(static_cast<std::size_t>(shape_.height) * static_cast<std::size_t>(shape_.width)) {
    // What the sides are relative to: the input, whose pixels anchors are in, or of [region] cells.
    const graph::Shape& whole = head_.kind == HeadKind::kRegion ? view.shape : view.input;
    anchor_ = {double{anchor[0]}, double{anchor[1]}};
    whole_ = {double(whole.width), double(whole.height)};
    if (head_.kind == HeadKind::kGaussianYolo) {
      step_ = 2;
    }
  }

  const graph::Head& head() const noexcept { return head_; }
  std::size_t cells() const noexcept { return cells_; }
  std::span<const float> objectness() const noexcept {
    return planes_.subspan(4 * step_ * cells_, cells_);
  }
  float class_at(int class_id, std::size_t cell) const noexcept {
    return at(4 * step_ + 1 + static_cast<std::size_t>(class_id), cell);
  }
  float probability(float raw) const noexcept { return head_.new_coords ? raw : logistic(raw); }
  /// What a raw value must be over for a probability that may be over `probability`.
  float limit(float probability) const noexcept {
    return head_.new_coords ? probability : raw_limit(probability);
  }

  RelativeBox box(std::size_t cell) const noexcept {
    const auto columns = static_cast<std::size_t>(shape_.width);
    RelativeBox box{center(at(0, cell), cell % columns, shape_.width),
                    center(at(step_, cell), cell / columns, shape_.height),
                    side(at(2 * step_, cell), 0), side(at(3 * step_, cell), 1)};
    if (head_.point != graph::YoloPoint::kCenter) {
      const float half = head_.point == graph::YoloPoint::kLeftTop ? 0.5F : -0.5F;
      box.center_x += half * box.width;
      box.center_y += half * box.height;
    }
    return box;
  }

  /// Of [Gaussian_yolo]: one less the mean of the four deviations.
  float certainty(std::size_t cell) const noexcept {
    float sum = 0.0F;
    for (std::size_t number = 0; number < 4; ++number) {
      sum += logistic(at(2 * number + 1, cell));
    }
    return 1.0F - sum / 4.0F;
  }

 private:
  float at(std::size_t plane, std::size_t cell) const noexcept {
    return planes_[plane * cells_ + cell];
  }
  float center(float raw, std::size_t cell, int cells) const noexcept {
    const float scale = head_.scale_x_y;
    const float within = probability(raw) * scale - 0.5F * (scale - 1.0F);
    return (static_cast<float>(cell) + within) / static_cast<float>(cells);
  }
  float side(float raw, std::size_t axis) const noexcept {
    if (head_.new_coords) {
      return raw * raw * 4.0F * static_cast<float>(anchor_[axis]) /
             static_cast<float>(whole_[axis]);
    }
    return static_cast<float>(std::exp(double{raw}) * anchor_[axis] / whole_[axis]);
  }

  std::span<const float> planes_;
  const graph::Head& head_;
  graph::Shape shape_;
  std::size_t cells_;
  std::array<double, 2> anchor_{};
  std::array<double, 2> whole_{};
  std::size_t step_ = 1;  ///< from x to y
};

/// [yolo] and [Gaussian_yolo].
void read_cell(const AnchorReader& reader, std::size_t cell, float threshold,
               std::vector<Candidate>& candidates) {
  const float objectness = reader.probability(reader.objectness()[cell]);
  if (!(objectness > threshold)) {
    return;
  }
  const RelativeBox box = reader.box(cell);
  if (!finite(box)) {
    return;
  }
  const float sure = reader.head().kind == HeadKind::kGaussianYolo
                         ? objectness * reader.certainty(cell)
                         : objectness;
  // One part in a million less, for the rounding of the division and of the product.
  const float limit = reader.limit(threshold / sure * (1.0F - 1e-6F));
  for (int class_id = 0; class_id < reader.head().classes; ++class_id) {
    const float raw = reader.class_at(class_id, cell);
    if (!(raw > limit)) {
      continue;
    }
    const float confidence = sure * reader.probability(raw);
    if (confidence > threshold) {
      candidates.push_back({box, confidence, objectness, class_id});
    }
  }
}

/// The classes' probabilities in a cell of [region].
void region_classes(const AnchorReader& reader, std::size_t cell, std::vector<float>& values) {
  values.clear();
  for (int class_id = 0; class_id < reader.head().classes; ++class_id) {
    values.push_back(reader.class_at(class_id, cell));
  }
  if (!reader.head().softmax) {
    return;
  }
  const float largest = *std::max_element(values.begin(), values.end());
  float sum = 0.0F;
  for (float& value : values) {
    value = static_cast<float>(std::exp(double{value} - double{largest}));
    sum += value;
  }
  for (float& value : values) {
    value /= sum;
  }
}

/// `classes` is room to work in.
void read_region_cell(const AnchorReader& reader, std::size_t cell, float threshold,
                      std::vector<float>& classes, std::vector<Candidate>& candidates) {
  const float objectness = logistic(reader.objectness()[cell]);
  const RelativeBox box = reader.box(cell);
  if (!finite(box)) {
    return;
  }
  region_classes(reader, cell, classes);
  for (std::size_t class_id = 0; class_id < classes.size(); ++class_id) {
    const float confidence = objectness * classes[class_id];
    if (confidence > threshold) {
      candidates.push_back({box, confidence, objectness, static_cast<int>(class_id)});
    }
  }
}

}  // namespace

void yolo_boxes(std::span<const float> raw, const HeadView& head, float threshold,
                std::vector<Candidate>& candidates) {
  const bool region = head.head->kind == HeadKind::kRegion;
  const std::size_t anchors = head.head->anchors.size();
  const std::size_t part = anchors == 0 ? 0 : raw.size() / anchors;
  std::vector<float> classes;
  for (std::size_t n = 0; n < anchors; ++n) {
    const AnchorReader reader(raw.subspan(n * part, part), head, head.head->anchors[n]);
    const std::span<const float> objectness = reader.objectness();
    // Without a softmax, a class of [region] may be over 1 and any cell over the threshold.
    const float limit = region && !head.head->softmax ? -std::numeric_limits<float>::infinity()
                                                      : reader.limit(threshold);
    for (std::size_t cell = 0; cell < reader.cells(); ++cell) {
      if (!(objectness[cell] > limit)) {
        continue;
      }
      if (region) {
        read_region_cell(reader, cell, threshold, classes, candidates);
      } else {
        read_cell(reader, cell, threshold, candidates);
      }
    }
  }
}

RelativeBox to_picture(const RelativeBox& box, graph::Shape input, const Placement& placement,
                       int width, int height) noexcept {
  const auto input_width = static_cast<float>(input.width);
  const auto input_height = static_cast<float>(input.height);
  const float part_x = placement.scale_x * static_cast<float>(width) / input_width;
  const float part_y = placement.scale_y * static_cast<float>(height) / input_height;
  return {(box.center_x - placement.offset_x / input_width) / part_x,
          (box.center_y - placement.offset_y / input_height) / part_y, box.width / part_x,
          box.height / part_y};
}

Box to_pixels(const RelativeBox& box, int width, int height) noexcept {
  const auto columns = static_cast<float>(width);
  const auto rows = static_cast<float>(height);
  return {(box.center_x - box.width / 2.0F) * columns, (box.center_y - box.height / 2.0F) * rows,
          box.width * columns, box.height * rows};
}

}  // namespace yolofleet::ops
