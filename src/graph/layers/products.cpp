#include "graph/operations.hpp"

#include <fmt/format.h>

#include "base/fail.hpp"
#include "graph/hasher.hpp"
#include "graph/layers/shared.hpp"

namespace yolofleet::graph {

std::vector<int> layers_read(const ScaleChannels& op, int before) {
  return {before, op.from};
}

int sized_by(const ScaleChannels& op) {
  return op.from;
}

Result<LayerFacts> infer_facts(const ScaleChannels& op, std::span<const Shape> inputs) {
  const Shape& scales = inputs[0];
  const Shape& scaled = inputs[1];
  const Shape needed =
      op.scale_wh ? Shape{1, scaled.height, scaled.width} : Shape{scaled.channels, 1, 1};
  if (scales != needed) {
    return base::fail(ErrorCode::kMismatch,
                      "layer {} is {} x {} x {} (channels, height, width) and needs scales of "
                      "{} x {} x {}, but the layer before is {} x {} x {}",
                      op.from, scaled.channels, scaled.height, scaled.width, needed.channels,
                      needed.height, needed.width, scales.channels, scales.height, scales.width);
  }
  return facts_within_limits(extent_of(scaled), 0, 1);
}

std::string notes_of(const ScaleChannels& op) {
  return fmt::format("from {}{}{}", op.from, op.scale_wh ? " scale_wh" : "",
                     activation_note(op.activation));
}

void hash_fields(Hasher& hasher, const ScaleChannels& op) {
  const auto& [from, scale_wh, activation] = op;
  hasher.put(from, scale_wh, activation);
}

std::vector<int> layers_read(const Sam& op, int before) {
  return {before, op.from};
}

Result<LayerFacts> infer_facts(const Sam& op, std::span<const Shape> inputs) {
  const Shape& in = inputs[0];
  const Shape& other = inputs[1];
  if (in != other) {
    return base::fail(ErrorCode::kMismatch,
                      "layer {} is {} x {} x {} (channels, height, width), but the layer before is "
                      "{} x {} x {}: they must be alike",
                      op.from, other.channels, other.height, other.width, in.channels, in.height,
                      in.width);
  }
  return facts_within_limits(extent_of(in), 0, 1);
}

std::string notes_of(const Sam& op) {
  return fmt::format("from {}{}", op.from, activation_note(op.activation));
}

void hash_fields(Hasher& hasher, const Sam& op) {
  const auto& [from, activation] = op;
  hasher.put(from, activation);
}

Result<LayerFacts> infer_facts(const Dropout& /*no options*/, std::span<const Shape> inputs) {
  return facts_within_limits(extent_of(inputs[0]), 0, 0);
}

void hash_fields(Hasher& /*hasher*/, const Dropout& /*no options*/) {}

Result<LayerFacts> infer_facts(const Contrastive& /*no options*/, std::span<const Shape> inputs) {
  return facts_within_limits(extent_of(inputs[0]), 0, 0);
}

void hash_fields(Hasher& /*hasher*/, const Contrastive& /*no options*/) {}

}  // namespace yolofleet::graph
