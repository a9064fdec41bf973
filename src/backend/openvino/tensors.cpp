#include "backend/openvino/tensors.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <openvino/op/ops.hpp>

namespace yolofleet::backend::openvino {

using ov::op::v0::Constant;

namespace {

constexpr std::size_t kChannelAxis = 1;

}  // namespace

Tensor scalar(float value) {
  return ov::op::v0::Constant::create(ov::element::f32, ov::Shape{}, {value});
}

Tensor constant(const ov::Shape& shape, const std::vector<float>& values) {
  return std::make_shared<Constant>(ov::element::f32, shape, values.data());
}

int channels_of(const Tensor& tensor) {
  return static_cast<int>(tensor.get_shape().at(kChannelAxis));
}

Tensor reshaped(const Tensor& tensor, const std::vector<std::int64_t>& shape) {
  return std::make_shared<ov::op::v1::Reshape>(
      tensor, Constant::create(ov::element::i64, {shape.size()}, shape), false);
}

Tensor channel_range(const Tensor& tensor, int begin, int end) {
  const auto one = [](int value) {
    return Constant::create(ov::element::i64, {1}, {std::int64_t{value}});
  };
  return std::make_shared<ov::op::v8::Slice>(tensor, one(begin), one(end), one(1),
                                             one(static_cast<int>(kChannelAxis)));
}

Tensor with_channels(const Tensor& tensor, int channels) {
  const int present = channels_of(tensor);
  if (present > channels) {
    return channel_range(tensor, 0, channels);
  }
  if (present < channels) {
    const auto four = [](std::int64_t behind) {
      return Constant::create(ov::element::i64, {4}, std::vector<std::int64_t>{0, behind, 0, 0});
    };
    return std::make_shared<ov::op::v1::Pad>(tensor, four(0), four(channels - present), scalar(0),
                                             ov::op::PadMode::CONSTANT);
  }
  return tensor;
}

Tensor through_kernel(const Tensor& tensor, std::span<const float> kernel, std::size_t side,
                      const ov::Strides& strides, int padding) {
  const auto channels = static_cast<std::size_t>(channels_of(tensor));
  std::vector<float> kernels;
  for (std::size_t channel = 0; channel < channels; ++channel) {
    kernels.insert(kernels.end(), kernel.begin(), kernel.end());
  }
  const ov::CoordinateDiff pads(2, padding);
  return std::make_shared<ov::op::v1::GroupConvolution>(
      tensor, constant({channels, 1, 1, side, side}, kernels), strides, pads, pads,
      ov::Strides{1, 1});
}

}  // namespace yolofleet::backend::openvino
