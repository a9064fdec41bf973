#include "backend/tensorrt/network/layer_adder.hpp"

#include <cuda_fp16.h>

#include <algorithm>
#include <array>
#include <utility>

namespace yolofleet::backend::tensorrt {
namespace {

using nvinfer1::DataType;
using nvinfer1::ElementWiseOperation;

constexpr float kLargestHalf = 65504.0F;

std::uint16_t half_bits(float value) {
  const __half half{std::clamp(value, -kLargestHalf, kLargestHalf)};
  return static_cast<__half_raw>(half).x;
}

}  // namespace

nvinfer1::Dims dims(std::initializer_list<std::int64_t> sizes) noexcept {
  nvinfer1::Dims result{};
  for (const std::int64_t size : sizes) {
    result.d[result.nbDims++] = static_cast<std::decay_t<decltype(result.d[0])>>(size);
  }
  return result;
}

nvinfer1::Weights LayerAdder::weights(std::span<const float> values) {
  const auto count = static_cast<std::int64_t>(values.size());
  if (!half_) {
    return {DataType::kFLOAT, values.data(), count};
  }
  std::vector<std::uint16_t>& halves = store_.halves.emplace_back(values.size());
  std::transform(values.begin(), values.end(), halves.begin(), half_bits);
  return {DataType::kHALF, halves.data(), count};
}

nvinfer1::Weights LayerAdder::weights(std::vector<float>&& values) {
  return weights(std::span<const float>{store_.floats.emplace_back(std::move(values))});
}

LayerAdder::Tensor LayerAdder::output_of(nvinfer1::ILayer* layer) {
  if (layer == nullptr || layer->getOutput(0) == nullptr) {
    throw LayerRefused("TensorRT refuses it");
  }
  return layer->getOutput(0);
}

LayerAdder::Tensor LayerAdder::channel_constant(std::span<const float> values) {
  const auto shape = dims({1, static_cast<std::int64_t>(values.size()), 1, 1});
  return output_of(
      network_.addConstant(shape, weights(std::vector<float>(values.begin(), values.end()))));
}

LayerAdder::Tensor LayerAdder::elementwise(Tensor a, Tensor b, ElementWiseOperation operation) {
  return output_of(network_.addElementWise(*a, *b, operation));
}

LayerAdder::Tensor LayerAdder::sum(Tensor a, Tensor b) {
  return elementwise(a, b, ElementWiseOperation::kSUM);
}

LayerAdder::Tensor LayerAdder::difference(Tensor a, Tensor b) {
  return elementwise(a, b, ElementWiseOperation::kSUB);
}

LayerAdder::Tensor LayerAdder::product(Tensor a, Tensor b) {
  return elementwise(a, b, ElementWiseOperation::kPROD);
}

LayerAdder::Tensor LayerAdder::sum(Tensor a, float b) {
  return sum(a, channel_constant({&b, 1}));
}

LayerAdder::Tensor LayerAdder::product(Tensor a, float b) {
  return product(a, channel_constant({&b, 1}));
}

LayerAdder::Tensor LayerAdder::activation(nvinfer1::ActivationType type, Tensor x, float alpha,
                                          float beta) {
  auto* const layer = network_.addActivation(*x, type);
  const Tensor output = output_of(layer);
  layer->setAlpha(alpha);
  layer->setBeta(beta);
  return output;
}

LayerAdder::Tensor LayerAdder::clamped(Tensor x, float least, float most) {
  return activation(nvinfer1::ActivationType::kCLIP, x, least, most);
}

LayerAdder::Tensor LayerAdder::floor(Tensor x) {
  return output_of(network_.addUnary(*x, nvinfer1::UnaryOperation::kFLOOR));
}

LayerAdder::Tensor LayerAdder::through_kernel(Tensor x, std::span<const float> kernel, int size,
                                              Window window) {
  const auto channels = static_cast<std::int32_t>(x->getDimensions().d[1]);
  std::vector<float> kernels;
  for (std::int32_t channel = 0; channel < channels; ++channel) {
    kernels.insert(kernels.end(), kernel.begin(), kernel.end());
  }
  auto* const layer =
      network_.addConvolutionNd(*x, channels, dims({size, size}), weights(std::move(kernels)),
                                nvinfer1::Weights{type(), nullptr, 0});
  const Tensor output = output_of(layer);
  layer->setStrideNd(dims({window.stride_y, window.stride_x}));
  layer->setPaddingNd(dims({window.padding, window.padding}));
  layer->setNbGroups(channels);
  return output;
}

LayerAdder::Tensor LayerAdder::joined(std::span<const Tensor> parts) {
  auto* const layer =
      network_.addConcatenation(parts.data(), static_cast<std::int32_t>(parts.size()));
  const Tensor output = output_of(layer);
  layer->setAxis(1);
  return output;
}

LayerAdder::Tensor LayerAdder::reduced(Tensor x, nvinfer1::ReduceOperation operation,
                                       std::initializer_list<int> axes) {
  std::uint32_t bits = 0;
  for (const int axis : axes) {
    bits |= 1U << static_cast<std::uint32_t>(axis);
  }
  return output_of(network_.addReduce(*x, operation, bits, true));
}

LayerAdder::Tensor LayerAdder::reshaped(Tensor x, const nvinfer1::Dims& shape) {
  auto* const layer = network_.addShuffle(*x);
  const Tensor output = output_of(layer);
  layer->setReshapeDimensions(shape);
  return output;
}

LayerAdder::Tensor LayerAdder::rearranged(Tensor x, const nvinfer1::Dims& from,
                                          const nvinfer1::Permutation& order,
                                          const nvinfer1::Dims& to) {
  auto* const first = network_.addShuffle(*x);
  output_of(first);  // throws if TensorRT refused it
  first->setReshapeDimensions(from);
  first->setSecondTranspose(order);
  auto* const second = network_.addShuffle(*first->getOutput(0));
  const Tensor output = output_of(second);
  second->setReshapeDimensions(to);
  return output;
}

LayerAdder::Tensor LayerAdder::shape_like(Tensor x, std::span<const ShapeInteger> rest) {
  const Tensor shape = output_of(network_.addShape(*x));
  const Tensor batch = output_of(network_.addSlice(*shape, dims({0}), dims({1}), dims({1})));
  const auto& kept = store_.shapes.emplace_back(rest.begin(), rest.end());
  const auto count = static_cast<std::int64_t>(kept.size());
  const Tensor fixed = output_of(
      network_.addConstant(dims({count}), nvinfer1::Weights{kShapeType, kept.data(), count}));
  const std::array parts{batch, fixed};
  return output_of(network_.addConcatenation(parts.data(), 2));
}

LayerAdder::Tensor LayerAdder::channel_range(Tensor x, int begin, int count) {
  const nvinfer1::Dims shape = x->getDimensions();
  auto* const layer = network_.addSlice(
      *x, dims({0, begin, 0, 0}), dims({0, count, shape.d[2], shape.d[3]}), dims({1, 1, 1, 1}));
  const Tensor output = output_of(layer);
  const std::array<ShapeInteger, 3> rest{count, static_cast<ShapeInteger>(shape.d[2]),
                                         static_cast<ShapeInteger>(shape.d[3])};
  layer->setInput(2, *shape_like(x, rest));
  if (begin + count > shape.d[1]) {
    layer->setMode(nvinfer1::SampleMode::kFILL);
  }
  return output;
}

}  // namespace yolofleet::backend::tensorrt
