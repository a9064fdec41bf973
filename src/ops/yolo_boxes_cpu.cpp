#include <cmath>
#include <cstddef>
#include <limits>

#include "ops/activation.hpp"
#include "ops/yolo_boxes.hpp"

namespace yolofleet::ops {
namespace {

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
  AnchorReader(std::span<const float> planes, const HeadView& head, const graph::Anchor& anchor)
      : planes_(planes),
        head_(head),
        anchor_(anchor),
        cells_(static_cast<std::size_t>(head.shape.height) *
               static_cast<std::size_t>(head.shape.width)) {}

  std::size_t cells() const noexcept { return cells_; }
  std::span<const float> objectness() const noexcept { return planes_.subspan(4 * cells_, cells_); }
  float class_at(int class_id, std::size_t cell) const noexcept {
    return at(5 + static_cast<std::size_t>(class_id), cell);
  }
  float probability(float raw) const noexcept {
    return head_.yolo->new_coords ? raw : logistic(raw);
  }
  /// What a raw value must be over for a probability that may be over `probability`.
  float limit(float probability) const noexcept {
    return head_.yolo->new_coords ? probability : raw_limit(probability);
  }

  RelativeBox box(std::size_t cell) const noexcept {
    const auto columns = static_cast<std::size_t>(head_.shape.width);
    return {center(at(0, cell), cell % columns, head_.shape.width),
            center(at(1, cell), cell / columns, head_.shape.height),
            side(at(2, cell), anchor_[0], head_.input.width),
            side(at(3, cell), anchor_[1], head_.input.height)};
  }

 private:
  float at(std::size_t plane, std::size_t cell) const noexcept {
    return planes_[plane * cells_ + cell];
  }
  float center(float raw, std::size_t cell, int cells) const noexcept {
    const float scale = head_.yolo->scale_x_y;
    const float within = probability(raw) * scale - 0.5F * (scale - 1.0F);
    return (static_cast<float>(cell) + within) / static_cast<float>(cells);
  }
  float side(float raw, float anchor, int input) const noexcept {
    if (head_.yolo->new_coords) {
      return raw * raw * 4.0F * anchor / static_cast<float>(input);
    }
    return static_cast<float>(std::exp(double{raw}) * double{anchor} / double(input));
  }

  std::span<const float> planes_;
  const HeadView& head_;
  const graph::Anchor& anchor_;
  std::size_t cells_;
};

void read_cell(const AnchorReader& reader, std::size_t cell, const HeadView& head, float threshold,
               std::vector<Candidate>& candidates) {
  const float objectness = reader.probability(reader.objectness()[cell]);
  if (!(objectness > threshold)) {
    return;
  }
  const RelativeBox box = reader.box(cell);
  if (!finite(box)) {
    return;
  }
  // One part in a million less, for the rounding of the division and of the product.
  const float limit = reader.limit(threshold / objectness * (1.0F - 1e-6F));
  for (int class_id = 0; class_id < head.yolo->classes; ++class_id) {
    const float raw = reader.class_at(class_id, cell);
    if (!(raw > limit)) {
      continue;
    }
    const float confidence = objectness * reader.probability(raw);
    if (confidence > threshold) {
      candidates.push_back({box, confidence, objectness, class_id});
    }
  }
}

}  // namespace

void yolo_boxes(std::span<const float> raw, const HeadView& head, float threshold,
                std::vector<Candidate>& candidates) {
  const std::size_t anchors = head.yolo->anchors.size();
  const std::size_t part = anchors == 0 ? 0 : raw.size() / anchors;
  for (std::size_t n = 0; n < anchors; ++n) {
    const AnchorReader reader(raw.subspan(n * part, part), head, head.yolo->anchors[n]);
    const std::span<const float> objectness = reader.objectness();
    const float limit = reader.limit(threshold);
    for (std::size_t cell = 0; cell < reader.cells(); ++cell) {
      if (objectness[cell] > limit) {
        read_cell(reader, cell, head, threshold, candidates);
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
