#pragma once

#include <cstddef>
#include <cstdint>
#include <openvino/core/node_output.hpp>
#include <openvino/core/shape.hpp>
#include <openvino/core/strides.hpp>
#include <span>
#include <vector>

namespace yolofleet::backend::openvino {

/// An output of an OpenVINO operation.
using Tensor = ov::Output<ov::Node>;

/// A number of elements. Precondition: not negative.
inline std::size_t size(int value) {
  return static_cast<std::size_t>(value);
}

/// A constant scalar, which the operations broadcast.
Tensor scalar(float value);

/// A constant tensor. `values` are copied; `shape` has as many elements.
Tensor constant(const ov::Shape& shape, const std::vector<float>& values);

/// The number of channels of a batch x channels x height x width tensor.
int channels_of(const Tensor& tensor);

/// The same values in another shape.
Tensor reshaped(const Tensor& tensor, const std::vector<std::int64_t>& shape);

/// Channels [begin, end).
Tensor channel_range(const Tensor& tensor, int begin, int end);

/// Exactly this many channels: drops the last ones, or appends zeros.
Tensor with_channels(const Tensor& tensor, int channels);

/// Convolves each channel by itself with the same kernel of `side` x `side`.
Tensor through_kernel(const Tensor& tensor, std::span<const float> kernel, std::size_t side,
                      const ov::Strides& strides, int padding);

}  // namespace yolofleet::backend::openvino
