#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

#include "ops/head_formulas.hpp"
#include "ops/yolo_boxes.hpp"

namespace yolofleet::ops {
namespace {

using graph::HeadKind;

constexpr float kInfinity = std::numeric_limits<float>::infinity();

/// The logistic of a raw value up to this is at most `probability`, whatever the rounding of the
/// logistic (under 1e-6). With this limit, nearly every cell needs no exponential.
float raw_limit(float probability) noexcept {
  constexpr double kRounding = 1e-6;
  const double floor = double{probability} - kRounding;
  if (!(floor > 0.0)) {
    return -kInfinity;
  }
  if (floor >= 1.0) {
    return kInfinity;
  }
  return std::nextafter(static_cast<float>(std::log(floor / (1.0 - floor))), -kInfinity);
}

/// One anchor's planes and how to read them.
class AnchorReader {
 public:
  AnchorReader(std::span<const float> planes, const HeadView& view, const graph::Anchor& anchor)
      : planes_(planes),
        form_(form_of(*view.head)),
        cells_(static_cast<std::size_t>(view.shape.height) *
               static_cast<std::size_t>(view.shape.width)) {
    const graph::Shape& whole = form_.kind == HeadKind::kRegion ? view.shape : view.input;
    place_.rows = view.shape.height;
    place_.columns = view.shape.width;
    place_.anchor_width = double{anchor[0]};
    place_.anchor_height = double{anchor[1]};
    place_.whole_width = whole.width;
    place_.whole_height = whole.height;
  }

  const HeadForm& form() const noexcept { return form_; }
  std::size_t cells() const noexcept { return cells_; }
  std::span<const float> objectness() const noexcept {
    return planes_.subspan(static_cast<std::size_t>(objectness_number(form_)) * cells_, cells_);
  }
  /// Only a raw value above this limit can give a probability above `probability`.
  float limit(float probability) const noexcept {
    return form_.new_coords ? probability : raw_limit(probability);
  }
  Place<double> place(std::size_t cell) const noexcept {
    Place<double> place = place_;
    const int number = static_cast<int>(cell);
    place.row = number / place.columns;
    place.column = number % place.columns;
    return place;
  }
  float at(int number, std::size_t cell) const noexcept {
    return planes_[static_cast<std::size_t>(number) * cells_ + cell];
  }

 private:
  std::span<const float> planes_;
  HeadForm form_;
  std::size_t cells_;
  Place<double> place_;  ///< row and column aren't set
};

template <typename Numbers>
Softmax softmax_of(const HeadForm& form, const Numbers& number) {
  Softmax softmax{number(class_number(form, 0)), 0.0F};
  for (int class_id = 1; class_id < form.classes; ++class_id) {
    softmax.largest = std::max(softmax.largest, number(class_number(form, class_id)));
  }
  for (int class_id = 0; class_id < form.classes; ++class_id) {
    softmax.sum += softmax_part<double>(number(class_number(form, class_id)), softmax.largest);
  }
  return softmax;
}

void read_cell(const AnchorReader& reader, std::size_t cell, float threshold,
               std::vector<Candidate>& candidates) {
  const HeadForm& form = reader.form();
  const auto number = [&](int n) { return reader.at(n, cell); };
  const float raw_objectness = number(objectness_number(form));
  if (!passes(form, raw_objectness, threshold)) {
    return;
  }
  const RelativeBox box = box_of(form, reader.place(cell), number);
  if (!finite(box)) {
    return;
  }
  const float sure = certainty(form, number);
  const Softmax softmax = has_softmax(form) ? softmax_of(form, number) : Softmax{};
  // Smaller by one part in a million, to allow for the rounding of the division and of the product.
  const float limit =
      form.kind == HeadKind::kRegion ? -kInfinity : reader.limit(threshold / sure * (1.0F - 1e-6F));
  for (int class_id = 0; class_id < form.classes; ++class_id) {
    const float raw = number(class_number(form, class_id));
    if (!(raw > limit)) {
      continue;
    }
    const float confidence = sure * class_probability<double>(form, raw, softmax);
    if (confidence > threshold) {
      candidates.push_back({box, confidence, probability(form, raw_objectness), class_id});
    }
  }
}

}  // namespace

void yolo_boxes(std::span<const float> raw, const HeadView& head, float threshold,
                std::vector<Candidate>& candidates) {
  const std::size_t anchors = head.head->anchors.size();
  const std::size_t part = anchors == 0 ? 0 : raw.size() / anchors;
  for (std::size_t n = 0; n < anchors; ++n) {
    const AnchorReader reader(raw.subspan(n * part, part), head, head.head->anchors[n]);
    const std::span<const float> objectness = reader.objectness();
    const float limit = takes_any_objectness(reader.form()) ? -kInfinity : reader.limit(threshold);
    for (std::size_t cell = 0; cell < reader.cells(); ++cell) {
      if (objectness[cell] > limit) {
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
