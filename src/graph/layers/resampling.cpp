#include "graph/operations.hpp"

#include <fmt/format.h>

#include "base/fail.hpp"
#include "graph/hasher.hpp"
#include "graph/layers/shared.hpp"
#include "graph/strides.hpp"

namespace yolofleet::graph {
namespace {

/// The facts of a pool that slides a window over `in`.
template <typename Pool>
Result<LayerFacts> pool_facts(const Pool& op, const Blur& blur, const Shape& in) {
  const std::int64_t height = std::int64_t{in.height} + op.padding - op.size;
  const std::int64_t width = std::int64_t{in.width} + op.padding - op.size;
  if (height < 0 || width < 0) {
    return base::fail(ErrorCode::kMismatch,
                      "its window of {} x {} is larger than its input of {} x {} with padding {}",
                      op.size, op.size, in.width, in.height, op.padding);
  }
  const Window window{op.size, op.padding, op.stride_x, op.stride_y};
  return window_facts(extent_of(in), window, blur, {0, std::int64_t{op.size} * op.size});
}

}  // namespace

Result<LayerFacts> infer_facts(const MaxPool& op, std::span<const Shape> inputs) {
  return pool_facts(op, op.blur, inputs[0]);
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

Result<LayerFacts> infer_facts(const DepthMaxPool& op, std::span<const Shape> inputs) {
  const Shape& in = inputs[0];
  if (op.out_channels > in.channels) {
    return base::fail(ErrorCode::kMismatch, "out_channels={} is more than its {} input channels",
                      op.out_channels, in.channels);
  }
  return facts_within_limits({op.out_channels, in.height, in.width}, 0, blocks_of(op, in.channels));
}

int blocks_of(const DepthMaxPool& op, int channels) noexcept {
  return (channels + op.out_channels - 1) / op.out_channels;
}

std::string notes_of(const DepthMaxPool& op) {
  return fmt::format("depth {}", op.out_channels);
}

void hash_fields(Hasher& hasher, const DepthMaxPool& op) {
  const auto& [out_channels] = op;
  hasher.put(out_channels);
}

Result<LayerFacts> infer_facts(const LocalAvgPool& op, std::span<const Shape> inputs) {
  return pool_facts(op, Blur{}, inputs[0]);
}

std::string notes_of(const LocalAvgPool& op) {
  return kernel_note(op.size, op.stride_x, op.stride_y);
}

StridePair stride_after(const LocalAvgPool& op, StridePair in) {
  return {in.x.times(op.stride_x, 1), in.y.times(op.stride_y, 1)};
}

void hash_fields(Hasher& hasher, const LocalAvgPool& op) {
  const auto& [size, stride_x, stride_y, padding] = op;
  hasher.put(size, stride_x, stride_y, padding);
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
