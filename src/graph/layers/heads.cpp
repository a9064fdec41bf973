#include "graph/operations.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/fail.hpp"
#include "graph/hasher.hpp"
#include "graph/layers/shared.hpp"

namespace yolofleet::graph {

int numbers_per_anchor(const Head& head) noexcept {
  const int of_the_box = head.kind == HeadKind::kGaussianYolo ? 8 : 4;
  return of_the_box + 1 + head.classes;
}

std::string_view section_of(const Head& op) {
  switch (op.kind) {
    case HeadKind::kYolo:
      break;
    case HeadKind::kGaussianYolo:
      return "Gaussian_yolo";
    case HeadKind::kRegion:
      return "region";
  }
  return "yolo";
}

Result<LayerFacts> infer_facts(const Head& op, std::span<const Shape> inputs) {
  const Shape& in = inputs[0];
  const auto anchors = static_cast<std::int64_t>(op.anchors.size());
  const std::int64_t each = numbers_per_anchor(op);
  if (in.channels != anchors * each) {
    return base::fail(
        ErrorCode::kMismatch,
        "{} anchors and {} classes need {} x ({} + {}) = {} channels, but its input has {}",
        anchors, op.classes, anchors, op.classes, each - op.classes, anchors * each, in.channels);
  }
  return facts_within_limits(extent_of(in), 0, 0);
}

std::string notes_of(const Head& op) {
  return fmt::format("mask {}", fmt::join(op.mask, ","));
}

void hash_fields(Hasher& hasher, const Head& op) {
  const auto& [kind, anchors, mask, classes, scale_x_y, new_coords, point, softmax, class_tree,
               nms] = op;
  hasher.put(kind, anchors, mask, classes, scale_x_y, new_coords, point, softmax, class_tree);
  hasher.put(nms.kind, nms.beta);
}

}  // namespace yolofleet::graph
