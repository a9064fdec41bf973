#include "graph/layers/shared.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/fail.hpp"
#include "graph/limits.hpp"

namespace yolofleet::graph {
namespace {

/// The positions of a window on `in`, from the first on, as many as fit.
Extent positions(const Extent& in, const Window& window) {
  return {in.channels, (in.height + window.padding - window.reach) / window.stride_y + 1,
          (in.width + window.padding - window.reach) / window.stride_x + 1};
}

}  // namespace

Extent extent_of(const Shape& shape) {
  return {shape.channels, shape.height, shape.width};
}

// No product here overflows 64 bits: each factor was checked before.
Result<LayerFacts> facts_within_limits(const Extent& output, std::int64_t parameters,
                                       std::int64_t flops_per_element) {
  if (output.channels > limits::kMaxChannels) {
    return base::fail(ErrorCode::kTooLarge, "its output has {} channels; at most {} are allowed",
                      output.channels, limits::kMaxChannels);
  }
  if (output.height > limits::kMaxSide || output.width > limits::kMaxSide) {
    return base::fail(ErrorCode::kTooLarge, "its output is {} x {}; at most {} x {} is allowed",
                      output.width, output.height, limits::kMaxSide, limits::kMaxSide);
  }
  const std::int64_t elements = output.channels * output.height * output.width;
  if (elements > limits::kMaxElements) {
    return base::fail(ErrorCode::kTooLarge,
                      "its output of {} x {} x {} has {} elements; at most {} are allowed",
                      output.channels, output.height, output.width, elements, limits::kMaxElements);
  }
  if (parameters > limits::kMaxParameters) {
    return base::fail(ErrorCode::kTooLarge, "it has {} parameters; at most {} are allowed",
                      parameters, limits::kMaxParameters);
  }
  return LayerFacts{
      .output = {static_cast<int>(output.channels), static_cast<int>(output.height),
                 static_cast<int>(output.width)},
      .parameters = parameters,
      .flops = elements * flops_per_element,
  };
}

Result<LayerFacts> window_facts(const Extent& in, const Window& window, const Blur& blur,
                                const WindowCosts& costs) {
  if (!blur) {
    return facts_within_limits(positions(in, window), costs.parameters, costs.flops_per_element);
  }
  auto before = facts_within_limits(positions(in, {window.reach, window.padding, 1, 1}),
                                    costs.parameters, costs.flops_per_element);
  if (!before) {
    return before;
  }
  const Extent blurred = extent_of(before->output);
  const std::int64_t padding = 2 * std::int64_t{blur.padding};
  if (std::min(blurred.height, blurred.width) + padding < blur.size) {
    return base::fail(ErrorCode::kMismatch,
                      "its blur of {} x {} (antialiasing) is larger than the {} x {} before it",
                      blur.size, blur.size, blurred.width, blurred.height);
  }
  auto after = facts_within_limits(
      positions(blurred, {blur.size, padding, window.stride_x, window.stride_y}), costs.parameters,
      2 * std::int64_t{blur.size} * blur.size);
  if (after) {
    after->flops += before->flops;
  }
  return after;
}

std::string kernel_note(int size, int stride_x, int stride_y) {
  return stride_x == stride_y ? fmt::format("{0}x{0}/{1}", size, stride_x)
                              : fmt::format("{0}x{0}/{1}x{2}", size, stride_x, stride_y);
}

std::string blur_note(const Blur& blur) {
  return blur ? fmt::format(" blur {0}x{0}", blur.size) : "";
}

std::string activation_note(Activation activation) {
  return activation == Activation::kLinear ? "" : fmt::format(" {}", to_string(activation));
}

}  // namespace yolofleet::graph
