#include "graph/operations.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/fail.hpp"
#include "graph/hasher.hpp"
#include "graph/layers/shared.hpp"

namespace yolofleet::graph {
namespace {

std::string_view word_of(ShortcutWeights weights) {
  return weights == ShortcutWeights::kPerFeature ? "per_feature" : "per_channel";
}

std::string_view word_of(WeightsNormalization normalization) {
  switch (normalization) {
    case WeightsNormalization::kNone:
      return "";
    case WeightsNormalization::kRelu:
      return " relu";
    case WeightsNormalization::kSoftmax:
      return " softmax";
  }
  return "";
}

}  // namespace

std::vector<int> layers_read(const Route& op, int /*before*/) {
  return op.layers;
}

Result<LayerFacts> infer_facts(const Route& op, std::span<const Shape> inputs) {
  Extent out = extent_of(inputs[0]);
  out.channels = 0;
  for (std::size_t i = 0; i < op.layers.size(); ++i) {
    const Shape& in = inputs[i];
    if (in.height != out.height || in.width != out.width) {
      return base::fail(ErrorCode::kMismatch,
                        "layers {} and {} can't be joined: they are {} x {} and {} x {}",
                        op.layers[0], op.layers[i], out.width, out.height, in.width, in.height);
    }
    if (in.channels % op.groups != 0) {
      return base::fail(ErrorCode::kMismatch,
                        "groups={} doesn't divide the {} channels of layer {}", op.groups,
                        in.channels, op.layers[i]);
    }
    out.channels += in.channels / op.groups;
  }
  return facts_within_limits(out, 0, 0);
}

std::string notes_of(const Route& op) {
  std::string text = fmt::format("layers {}", fmt::join(op.layers, ","));
  if (op.groups > 1) {
    text += fmt::format(" group {}/{}", op.group_id, op.groups);
  }
  return text;
}

void hash_fields(Hasher& hasher, const Route& op) {
  const auto& [layers, groups, group_id] = op;
  hasher.put(layers, groups, group_id);
}

std::vector<int> layers_read(const Shortcut& op, int before) {
  std::vector<int> read{before};
  read.insert(read.end(), op.from.begin(), op.from.end());
  return read;
}

Result<LayerFacts> infer_facts(const Shortcut& op, std::span<const Shape> inputs) {
  const Shape& in = inputs[0];
  for (std::size_t i = 0; i < op.from.size(); ++i) {
    const Shape& added = inputs[i + 1];
    if (added.height != in.height || added.width != in.width) {
      return base::fail(ErrorCode::kMismatch,
                        "layer {} is {} x {}, the layer before is {} x {}: only their channels may "
                        "differ",
                        op.from[i], added.width, added.height, in.width, in.height);
    }
  }
  const auto terms = static_cast<std::int64_t>(op.from.size());
  std::int64_t parameters = 0;
  if (op.weights_type != ShortcutWeights::kNone) {
    const bool per_channel = op.weights_type == ShortcutWeights::kPerChannel;
    parameters = (terms + 1) * (per_channel ? in.channels : 1);
  }
  return facts_within_limits(extent_of(in), parameters, parameters > 0 ? 2 * terms : terms);
}

std::string notes_of(const Shortcut& op) {
  std::string text =
      fmt::format("from {}{}", fmt::join(op.from, ","), activation_note(op.activation));
  if (op.weights_type != ShortcutWeights::kNone) {
    text += fmt::format(" weights {}{}", word_of(op.weights_type), word_of(op.normalization));
  }
  return text;
}

void hash_fields(Hasher& hasher, const Shortcut& op) {
  const auto& [from, activation, weights_type, normalization, weights] = op;
  hasher.put(from, activation, weights_type, normalization, weights);
}

}  // namespace yolofleet::graph
