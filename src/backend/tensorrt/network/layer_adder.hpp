#pragma once

#include <NvInfer.h>

#include <cstdint>
#include <deque>
#include <initializer_list>
#include <span>
#include <stdexcept>
#include <vector>

#include "backend/tensorrt/compat.hpp"

namespace yolofleet::backend::tensorrt {

/// TensorRT refused a layer; the logger has the reason.
class LayerRefused : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Memory that TensorRT reads during a build: weights in the network's type, and shapes.
struct WeightStore {
  std::deque<std::vector<std::uint16_t>> halves;
  std::deque<std::vector<float>> floats;
  std::deque<std::vector<ShapeInteger>> shapes;
};

/// The strides of a window, and the zeros on each of the four sides of its input.
struct Window {
  int stride_x = 1;
  int stride_y = 1;
  int padding = 0;
};

/// TensorRT's type for these sizes.
nvinfer1::Dims dims(std::initializer_list<std::int64_t> sizes) noexcept;

/// Adds single operations to a network, all in one type. The tensors are batch x channels x height
/// x width with a dynamic batch. Functions that add an operation throw LayerRefused.
class LayerAdder {
 public:
  using Tensor = nvinfer1::ITensor*;

  LayerAdder(nvinfer1::INetworkDefinition& network, WeightStore& store, bool fp16)
      : network_(network), store_(store), half_(fp16) {}

  nvinfer1::INetworkDefinition& network() const noexcept { return network_; }
  nvinfer1::DataType type() const noexcept {
    return half_ ? nvinfer1::DataType::kHALF : nvinfer1::DataType::kFLOAT;
  }

  /// `values` in the network's type; they must outlive the build.
  nvinfer1::Weights weights(std::span<const float> values);
  /// The same for values that the store then owns.
  nvinfer1::Weights weights(std::vector<float>&& values);
  /// A constant with one value per channel, or with one value for all channels.
  Tensor channel_constant(std::span<const float> values);

  Tensor sum(Tensor a, Tensor b);
  Tensor difference(Tensor a, Tensor b);
  Tensor product(Tensor a, Tensor b);
  Tensor sum(Tensor a, float b);
  Tensor product(Tensor a, float b);
  Tensor activation(nvinfer1::ActivationType type, Tensor x, float alpha = 0, float beta = 0);
  Tensor clamped(Tensor x, float least, float most);
  Tensor floor(Tensor x);
  /// Convolves each channel by itself with the same kernel of `size` x `size`.
  Tensor through_kernel(Tensor x, std::span<const float> kernel, int size, Window window);
  /// Joins tensors along their channels.
  Tensor joined(std::span<const Tensor> parts);
  /// Reduces these axes (0 is the batch) to size 1.
  Tensor reduced(Tensor x, nvinfer1::ReduceOperation operation, std::initializer_list<int> axes);
  /// Reshapes `x`; size 0 stands for the batch.
  Tensor reshaped(Tensor x, const nvinfer1::Dims& shape);
  /// Reshapes `x` to `from`, transposes it by `order`, and reshapes it to `to`; size 0 stands for
  /// the batch.
  Tensor rearranged(Tensor x, const nvinfer1::Dims& from, const nvinfer1::Permutation& order,
                    const nvinfer1::Dims& to);
  /// Channels [begin, begin + count); channels after the tensor's last one are zero.
  Tensor channel_range(Tensor x, int begin, int count);

  /// The output of a layer that was just added. Throws LayerRefused if `layer` is null.
  static Tensor output_of(nvinfer1::ILayer* layer);

 private:
  Tensor elementwise(Tensor a, Tensor b, nvinfer1::ElementWiseOperation operation);
  /// A shape tensor: the batch of `x`, then `rest`.
  Tensor shape_like(Tensor x, std::span<const ShapeInteger> rest);

  nvinfer1::INetworkDefinition& network_;
  WeightStore& store_;
  bool half_;
};

}  // namespace yolofleet::backend::tensorrt
