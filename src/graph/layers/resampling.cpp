#include "graph/operations.hpp"

#include <fmt/format.h>

#include "base/fail.hpp"
#include "graph/hasher.hpp"
#include "graph/layers/shared.hpp"
#include "graph/strides.hpp"

namespace yolofleet::graph {

Result<LayerFacts> infer_facts(const MaxPool& op, std::span<const Shape> inputs) {
  const Shape& in = inputs[0];
  const std::int64_t height = std::int64_t{in.height} + op.padding - op.size;
  const std::int64_t width = std::int64_t{in.width} + op.padding - op.size;
  if (height < 0 || width < 0) {
    return base::fail(ErrorCode::kMismatch,
                      "its window of {} x {} is larger than its input of {} x {} with padding {}",
                      op.size, op.size, in.width, in.height, op.padding);
  }
  const Window window{op.size, op.padding, op.stride_x, op.stride_y};
  return window_facts(extent_of(in), window, op.blur, {0, std::int64_t{op.size} * op.size});
}

std::string notes_of(const MaxPool& op) {
  return kernel_note(op.size, op.stride_x, op.stride_y) + blur_note(op.blur);
}

StridePair stride_after(const MaxPool& op, StridePair in) {
  return {in.x.times(op.stride_x, 1), in.y.times(op.stride_y, 1)};
}

void hash_fields(Hasher& hasher, const MaxPool& op) {
  const auto& [size, stride_x, stride_y, padding, blur] = op;
  hasher.put(size, stride_x, stride_y, padding, blur.size, blur.padding);
}

Result<LayerFacts> infer_facts(const AvgPool& /*no options*/, std::span<const Shape> inputs) {
  const Shape& in = inputs[0];
  return facts_within_limits({in.channels, 1, 1}, 0, std::int64_t{in.height} * in.width);
}

StridePair stride_after(const AvgPool& /*no options*/, StridePair /*in*/) {
  return {{0, 1}, {0, 1}};
}

void hash_fields(Hasher& /*hasher*/, const AvgPool& /*no options*/) {}

Result<LayerFacts> infer_facts(const Upsample& op, std::span<const Shape> inputs) {
  const Shape& in = inputs[0];
  return facts_within_limits(
      {in.channels, std::int64_t{in.height} * op.stride, std::int64_t{in.width} * op.stride}, 0,
      op.scale == 1.0F ? 0 : 1);
}

std::string notes_of(const Upsample& op) {
  return op.scale == 1.0F ? fmt::format("{}x", op.stride)
                          : fmt::format("{}x scale {}", op.stride, op.scale);
}

StridePair stride_after(const Upsample& op, StridePair in) {
  return {in.x.times(1, op.stride), in.y.times(1, op.stride)};
}

void hash_fields(Hasher& hasher, const Upsample& op) {
  const auto& [stride, scale] = op;
  hasher.put(stride, scale);
}

}  // namespace yolofleet::graph
