#include "backend/openvino/pools.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <openvino/op/ops.hpp>

namespace yolofleet::backend::openvino {
namespace {

using ov::op::v0::Constant;

/// A pool's `padding` before (top and left) and behind (bottom and right) its input.
struct Pads {
  ov::Shape before;
  ov::Shape behind;
};

Pads pads_of(int padding) {
  const int before = padding / 2;
  return {ov::Shape(2, size(before)), ov::Shape(2, size(padding - before))};
}

}  // namespace

Tensor pooled(const graph::MaxPool& pool, const Tensor& tensor, const ov::Strides& strides) {
  const auto [before, behind] = pads_of(pool.padding);
  return std::make_shared<ov::op::v1::MaxPool>(
      tensor, strides, before, behind, ov::Shape(2, size(pool.size)), ov::op::RoundingType::FLOOR);
}

Tensor pooled(const graph::DepthMaxPool& pool, const Tensor& tensor, const graph::Shape& input) {
  const int out = pool.out_channels;
  const int blocks = graph::blocks_of(pool, input.channels);
  Tensor whole = tensor;
  if (const int missing = blocks * out - input.channels; missing > 0) {
    // Channels of the block before fill up the last one: a maximum is the same if a value counts
    // twice.
    const int from = input.channels - out;
    whole = std::make_shared<ov::op::v0::Concat>(
        ov::OutputVector{tensor, channel_range(tensor, from, from + missing)}, 1);
  }
  const std::int64_t height = input.height;
  const Tensor apart = reshaped(whole, {1, blocks, out * height, input.width});
  const auto axis = Constant::create(ov::element::i64, {1}, {1});
  return reshaped(std::make_shared<ov::op::v1::ReduceMax>(apart, axis, true),
                  {1, out, height, input.width});
}

Tensor pooled(const graph::LocalAvgPool& pool, const Tensor& tensor) {
  constexpr bool kWithoutPadding = true;  // in the number that it divides by
  const auto [before, behind] = pads_of(pool.padding);
  return std::make_shared<ov::op::v1::AvgPool>(
      tensor, ov::Strides{size(pool.stride_y), size(pool.stride_x)}, before, behind,
      ov::Shape(2, size(pool.size)), kWithoutPadding, ov::op::RoundingType::FLOOR);
}

Tensor pooled(const graph::AvgPool& /*pool*/, const Tensor& tensor) {
  const auto axes = Constant::create(ov::element::i64, {2}, {2, 3});
  return std::make_shared<ov::op::v1::ReduceMean>(tensor, axes, true);
}

}  // namespace yolofleet::backend::openvino
