#include "graph/operations.hpp"

#include <fmt/format.h>

#include "base/fail.hpp"
#include "graph/hasher.hpp"
#include "graph/layers/shared.hpp"
#include "graph/strides.hpp"

namespace yolofleet::graph {

Result<LayerFacts> infer_facts(const Convolution& op, std::span<const Shape> inputs) {
  const Shape& in = inputs[0];
  if (in.channels % op.groups != 0) {
    return base::fail(ErrorCode::kMismatch, "groups={} doesn't divide its {} input channels",
                      op.groups, in.channels);
  }
  if (op.filters % op.groups != 0) {
    return base::fail(ErrorCode::kMismatch, "groups={} doesn't divide filters={}", op.groups,
                      op.filters);
  }
  const std::int64_t reach = std::int64_t{op.dilation} * (op.size - 1) + 1;
  const std::int64_t height = std::int64_t{in.height} + 2 * std::int64_t{op.padding} - reach;
  const std::int64_t width = std::int64_t{in.width} + 2 * std::int64_t{op.padding} - reach;
  if (height < 0 || width < 0) {
    return base::fail(ErrorCode::kMismatch,
                      "its kernel covers {} x {}, more than its input of {} x {} with padding {}",
                      reach, reach, in.width, in.height, op.padding);
  }
  const std::int64_t area = std::int64_t{op.size} * op.size;
  const std::int64_t per_filter = in.channels / op.groups * area;
  const std::int64_t extra = op.batch_normalize ? 4 : 1;  // bias, scale, mean, variance
  const Window window{reach, 2 * std::int64_t{op.padding}, op.stride_x, op.stride_y};
  const std::int64_t parameters = op.share_index ? 0 : op.filters * (per_filter + extra);
  return window_facts({op.filters, in.height, in.width}, window, op.blur,
                      {parameters, 2 * per_filter});
}

std::string notes_of(const Convolution& op) {
  std::string text =
      fmt::format("{} {}", op.filters, kernel_note(op.size, op.stride_x, op.stride_y));
  if (op.dilation > 1) {
    text += fmt::format(" dilation {}", op.dilation);
  }
  if (op.groups > 1) {
    text += fmt::format(" groups {}", op.groups);
  }
  text = fmt::format("{} {}{}", text, to_string(op.activation), blur_note(op.blur));
  return op.share_index ? fmt::format("{} weights of {}", text, *op.share_index) : text;
}

StridePair stride_after(const Convolution& op, StridePair in) {
  return {in.x.times(op.stride_x, 1), in.y.times(op.stride_y, 1)};
}

void hash_fields(Hasher& hasher, const Convolution& op) {
  const auto& [filters, size, stride_x, stride_y, dilation, padding, groups, blur, normalize,
               activation, share_index, weights] = op;
  const auto& [kernel, bias, scale, mean, variance] = weights;
  hasher.put(filters, size, stride_x, stride_y, dilation, padding, groups, normalize, activation);
  hasher.put(blur.size, blur.padding, share_index.value_or(-1));
  hasher.put(kernel, bias, scale, mean, variance);
}

}  // namespace yolofleet::graph
