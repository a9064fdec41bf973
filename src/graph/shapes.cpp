#include "graph/shapes.hpp"

#include <algorithm>
#include <cstddef>

#include "base/fail.hpp"
#include "graph/limits.hpp"

namespace yolofleet::graph {
namespace {

using base::fail;

/// A shape before it is known to fit.
struct Extent {
  std::int64_t channels = 0;
  std::int64_t height = 0;
  std::int64_t width = 0;
};

Extent extent_of(const Shape& shape) {
  return {shape.channels, shape.height, shape.width};
}

/// Gives the facts if they keep to the limits. No product here leaves 64 bits: each factor was
/// checked before.
Result<LayerFacts> facts(const Extent& output, std::int64_t parameters,
                         std::int64_t flops_per_element) {
  if (output.channels > limits::kMaxChannels) {
    return fail(ErrorCode::kTooLarge, "its output has {} channels; at most {} are allowed",
                output.channels, limits::kMaxChannels);
  }
  if (output.height > limits::kMaxSide || output.width > limits::kMaxSide) {
    return fail(ErrorCode::kTooLarge, "its output is {} x {}; at most {} x {} is allowed",
                output.width, output.height, limits::kMaxSide, limits::kMaxSide);
  }
  const std::int64_t elements = output.channels * output.height * output.width;
  if (elements > limits::kMaxElements) {
    return fail(ErrorCode::kTooLarge,
                "its output of {} x {} x {} has {} elements; at most {} are allowed",
                output.channels, output.height, output.width, elements, limits::kMaxElements);
  }
  if (parameters > limits::kMaxParameters) {
    return fail(ErrorCode::kTooLarge, "it has {} parameters; at most {} are allowed", parameters,
                limits::kMaxParameters);
  }
  return LayerFacts{
      .output = {static_cast<int>(output.channels), static_cast<int>(output.height),
                 static_cast<int>(output.width)},
      .parameters = parameters,
      .flops = elements * flops_per_element,
  };
}

/// How large what slides over an input is, how much is added around the input, both sides
/// together, and how far it moves.
struct Window {
  std::int64_t reach = 1;
  std::int64_t padding = 0;
  int stride_x = 1;
  int stride_y = 1;
};

/// The places that a window has on `in`, of its first on as many as fit. The window must fit once.
Extent places(const Extent& in, const Window& window) {
  return {in.channels, (in.height + window.padding - window.reach) / window.stride_y + 1,
          (in.width + window.padding - window.reach) / window.stride_x + 1};
}

/// The facts of a layer whose window is as large as its input with padding at most, and of the blur
/// behind it; `flops` are those of one place and channel.
template <typename Op>
Result<LayerFacts> slid(const Op& op, const Extent& in, Window window, std::int64_t parameters,
                        std::int64_t flops) {
  if (!op.blur) {
    window.stride_x = op.stride_x;
    window.stride_y = op.stride_y;
    return facts(places(in, window), parameters, flops);
  }
  auto before = facts(places(in, window), parameters, flops);
  if (!before) {
    return before;
  }
  const Extent blurred = extent_of(before->output);
  const std::int64_t padding = 2 * std::int64_t{op.blur.padding};
  if (std::min(blurred.height, blurred.width) + padding < op.blur.size) {
    return fail(ErrorCode::kMismatch,
                "its blur of {} x {} (antialiasing) is larger than the {} x {} "
                "before it",
                op.blur.size, op.blur.size, blurred.width, blurred.height);
  }
  auto after = facts(places(blurred, {op.blur.size, padding, op.stride_x, op.stride_y}), parameters,
                     2 * std::int64_t{op.blur.size} * op.blur.size);
  if (after) {
    after->flops += before->flops;
  }
  return after;
}

/// The rule of each operation; called with at least the inputs that it reads.
struct Infer {
  std::span<const Shape> inputs;

  Result<LayerFacts> operator()(const Convolution& op) const {
    const Shape& in = inputs[0];
    if (in.channels % op.groups != 0) {
      return fail(ErrorCode::kMismatch, "groups={} doesn't divide its {} input channels", op.groups,
                  in.channels);
    }
    if (op.filters % op.groups != 0) {
      return fail(ErrorCode::kMismatch, "groups={} doesn't divide filters={}", op.groups,
                  op.filters);
    }
    const std::int64_t reach = std::int64_t{op.dilation} * (op.size - 1) + 1;
    const std::int64_t height = std::int64_t{in.height} + 2 * std::int64_t{op.padding} - reach;
    const std::int64_t width = std::int64_t{in.width} + 2 * std::int64_t{op.padding} - reach;
    if (height < 0 || width < 0) {
      return fail(ErrorCode::kMismatch,
                  "its kernel covers {} x {}, more than its input of {} x {} with padding {}",
                  reach, reach, in.width, in.height, op.padding);
    }
    const std::int64_t area = std::int64_t{op.size} * op.size;
    const std::int64_t per_filter = in.channels / op.groups * area;
    const std::int64_t extra = op.batch_normalize ? 4 : 1;  // bias, scale, mean, variance
    return slid(op, {op.filters, in.height, in.width}, {reach, 2 * std::int64_t{op.padding}},
                op.filters * (per_filter + extra), 2 * per_filter);
  }

  Result<LayerFacts> operator()(const Route& op) const {
    Extent out = extent_of(inputs[0]);
    out.channels = 0;
    for (std::size_t i = 0; i < op.layers.size(); ++i) {
      const Shape& in = inputs[i];
      if (in.height != out.height || in.width != out.width) {
        return fail(ErrorCode::kMismatch,
                    "layers {} and {} can't be joined: they are {} x {} and {} x {}", op.layers[0],
                    op.layers[i], out.width, out.height, in.width, in.height);
      }
      if (in.channels % op.groups != 0) {
        return fail(ErrorCode::kMismatch, "groups={} doesn't divide the {} channels of layer {}",
                    op.groups, in.channels, op.layers[i]);
      }
      out.channels += in.channels / op.groups;
    }
    return facts(out, 0, 0);
  }

  Result<LayerFacts> operator()(const Shortcut& op) const {
    const Shape& in = inputs[0];
    for (std::size_t i = 0; i < op.from.size(); ++i) {
      const Shape& added = inputs[i + 1];
      if (added.height != in.height || added.width != in.width) {
        return fail(ErrorCode::kMismatch,
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
    return facts(extent_of(in), parameters, parameters > 0 ? 2 * terms : terms);
  }

  Result<LayerFacts> operator()(const MaxPool& op) const {
    const Shape& in = inputs[0];
    const std::int64_t height = std::int64_t{in.height} + op.padding - op.size;
    const std::int64_t width = std::int64_t{in.width} + op.padding - op.size;
    if (height < 0 || width < 0) {
      return fail(ErrorCode::kMismatch,
                  "its window of {} x {} is larger than its input of {} x {} with padding {}",
                  op.size, op.size, in.width, in.height, op.padding);
    }
    return slid(op, extent_of(in), {op.size, op.padding}, 0, std::int64_t{op.size} * op.size);
  }

  Result<LayerFacts> operator()(const AvgPool&) const {
    const Shape& in = inputs[0];
    return facts({in.channels, 1, 1}, 0, std::int64_t{in.height} * in.width);
  }

  Result<LayerFacts> operator()(const Upsample& op) const {
    const Shape& in = inputs[0];
    return facts(
        {in.channels, std::int64_t{in.height} * op.stride, std::int64_t{in.width} * op.stride}, 0,
        op.scale == 1.0F ? 0 : 1);
  }

  Result<LayerFacts> operator()(const Reorg& op) const {
    const Shape& in = inputs[0];
    if (in.height % op.stride != 0 || in.width % op.stride != 0) {
      return fail(ErrorCode::kMismatch, "stride={} doesn't divide its input of {} x {}", op.stride,
                  in.width, in.height);
    }
    const std::int64_t area = std::int64_t{op.stride} * op.stride;
    if (op.old && in.channels % area != 0) {  // Darknet reads beyond the layer's memory
      return fail(ErrorCode::kMismatch, "stride={} needs a multiple of {} channels, not {}",
                  op.stride, area, in.channels);
    }
    return facts({in.channels * area, in.height / op.stride, in.width / op.stride}, 0, 0);
  }

  Result<LayerFacts> operator()(const ScaleChannels& op) const {
    const Shape& scales = inputs[0];
    const Shape& scaled = inputs[1];
    const Shape needed =
        op.scale_wh ? Shape{1, scaled.height, scaled.width} : Shape{scaled.channels, 1, 1};
    if (scales != needed) {
      return fail(ErrorCode::kMismatch,
                  "layer {} is {} x {} x {} (channels, height, width) and needs scales of "
                  "{} x {} x {}, but the layer before is {} x {} x {}",
                  op.from, scaled.channels, scaled.height, scaled.width, needed.channels,
                  needed.height, needed.width, scales.channels, scales.height, scales.width);
    }
    return facts(extent_of(scaled), 0, 1);
  }

  Result<LayerFacts> operator()(const Sam& op) const {
    const Shape& in = inputs[0];
    const Shape& other = inputs[1];
    if (in != other) {
      return fail(ErrorCode::kMismatch,
                  "layer {} is {} x {} x {} (channels, height, width), but the layer before is "
                  "{} x {} x {}: they must be alike",
                  op.from, other.channels, other.height, other.width, in.channels, in.height,
                  in.width);
    }
    return facts(extent_of(in), 0, 1);
  }

  Result<LayerFacts> operator()(const Dropout&) const { return facts(extent_of(inputs[0]), 0, 0); }

  Result<LayerFacts> operator()(const Head& op) const {
    const Shape& in = inputs[0];
    const auto anchors = static_cast<std::int64_t>(op.anchors.size());
    const std::int64_t each = numbers_per_anchor(op);
    if (in.channels != anchors * each) {
      return fail(
          ErrorCode::kMismatch,
          "{} anchors and {} classes need {} x ({} + {}) = {} channels, but its input has {}",
          anchors, op.classes, anchors, op.classes, each - op.classes, anchors * each, in.channels);
    }
    return facts(extent_of(in), 0, 0);
  }
};

struct InputsOf {
  int before = -1;

  template <typename Op>
  std::vector<int> operator()(const Op& /*reads only the layer before*/) const {
    return {before};
  }
  std::vector<int> operator()(const Route& op) const { return op.layers; }
  std::vector<int> operator()(const Shortcut& op) const {
    std::vector<int> read{before};
    read.insert(read.end(), op.from.begin(), op.from.end());
    return read;
  }
  std::vector<int> operator()(const ScaleChannels& op) const { return {before, op.from}; }
  std::vector<int> operator()(const Sam& op) const { return {before, op.from}; }
};

}  // namespace

std::vector<int> inputs_of(const Operation& operation, int index) {
  return std::visit(InputsOf{index - 1}, operation);
}

Result<LayerFacts> infer(const Operation& operation, std::span<const Shape> inputs) {
  return std::visit(Infer{inputs}, operation);
}

}  // namespace yolofleet::graph
