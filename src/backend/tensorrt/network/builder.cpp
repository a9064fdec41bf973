#include "backend/tensorrt/network/builder.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "backend/tensorrt/network/activations.hpp"
#include "backend/tensorrt/network/check_network.hpp"
#include "backend/tensorrt/network/tensor_names.hpp"
#include "backend/tensorrt/plugins/detections_plugin.hpp"
#include "base/fail.hpp"
#include "graph/shortcut_weights.hpp"

namespace yolofleet::backend::tensorrt {
namespace {

using nvinfer1::DataType;
using Tensor = LayerAdder::Tensor;

/// The strides of the layer's own window: 1 if a blur follows, which then has the layer's strides.
template <typename Op>
nvinfer1::Dims strides_of(const Op& op) {
  return op.blur ? dims({1, 1}) : dims({op.stride_y, op.stride_x});
}

/// Adds the layers one after the other and keeps their output tensors, which later layers read.
class Builder {
 public:
  Builder(const graph::Network& network, const EngineOptions& options, LayerAdder& layers)
      : network_(network), options_(options), layers_(layers) {}

  Result<void> build() {
    const graph::Shape in = network_.input();
    Tensor tensor = layers_.network().addInput(kInput, layers_.type(),
                                               dims({-1, in.channels, in.height, in.width}));
    for (const graph::Layer& layer : network_.layers()) {
      const int first_new = layers_.network().getNbLayers();
      try {
        tensor =
            std::visit([&](const auto& op) { return convert(op, tensor, layer); }, layer.operation);
        check_shape(*tensor, layer);
      } catch (const LayerRefused& refused) {
        return base::fail(ErrorCode::kUnsupported, "{}: {}: {}", network_.name(),
                          layer_name(network_, layer), refused.what());
      }
      for (int i = first_new; i < layers_.network().getNbLayers(); ++i) {
        layers_.network().getLayer(i)->setName(
            fmt::format("{} #{}", layer_name(network_, layer), i - first_new).c_str());
      }
      outputs_.push_back(tensor);
    }
    return options_.raw_heads ? mark_raw_heads() : add_detections();
  }

 private:
  static void check_shape(const nvinfer1::ITensor& tensor, const graph::Layer& layer) {
    const nvinfer1::Dims got = tensor.getDimensions();
    const graph::Shape& wanted = layer.output;
    if (got.nbDims != 4 || got.d[1] != wanted.channels || got.d[2] != wanted.height ||
        got.d[3] != wanted.width) {
      throw LayerRefused("TensorRT computes another output shape");
    }
  }

  Tensor output(int layer) const { return outputs_[static_cast<std::size_t>(layer)]; }
  Tensor through(graph::Activation activation, Tensor x) {
    return activated(activation, layers_, x, options_.mish);
  }

  /// A layer's output, blurred if the layer has `antialiasing`.
  template <typename Op>
  Tensor blurred(const Op& op, Tensor x) {
    return op.blur ? layers_.through_kernel(x, graph::weights_of(op.blur), op.blur.size,
                                            {op.stride_x, op.stride_y, op.blur.padding})
                   : x;
  }

  Tensor convert(const graph::Convolution& convolution, Tensor previous, const graph::Layer& layer);
  Tensor convert(const graph::Route& route, Tensor previous, const graph::Layer& layer);
  Tensor convert(const graph::Shortcut& shortcut, Tensor previous, const graph::Layer& layer);
  Tensor convert(const graph::MaxPool& pool, Tensor previous, const graph::Layer& layer);
  Tensor convert(const graph::DepthMaxPool& pool, Tensor previous, const graph::Layer& layer);
  Tensor convert(const graph::LocalAvgPool& pool, Tensor previous, const graph::Layer& layer);
  Tensor convert(const graph::AvgPool& pool, Tensor previous, const graph::Layer& layer);
  Tensor convert(const graph::Upsample& upsample, Tensor previous, const graph::Layer& layer);
  Tensor convert(const graph::Reorg& reorg, Tensor previous, const graph::Layer& layer);
  Tensor convert(const graph::ScaleChannels& scale, Tensor previous, const graph::Layer& layer);
  Tensor convert(const graph::Sam& sam, Tensor previous, const graph::Layer& layer);
  Tensor convert(const graph::Dropout& dropout, Tensor previous, const graph::Layer& layer);
  Tensor convert(const graph::Contrastive& loss, Tensor previous, const graph::Layer& layer);
  Tensor convert(const graph::Head& head, Tensor previous, const graph::Layer& layer);

  Result<void> mark_raw_heads();
  Result<void> add_detections();

  const graph::Network& network_;
  const EngineOptions& options_;
  LayerAdder& layers_;
  std::vector<Tensor> outputs_;
  std::vector<Tensor> heads_;
};

Tensor Builder::convert(const graph::Convolution& convolution, Tensor previous,
                        const graph::Layer&) {
  const graph::ConvolutionWeights& weights = graph::weights_of(network_, convolution);
  auto* const layer = layers_.network().addConvolutionNd(
      *previous, convolution.filters, dims({convolution.size, convolution.size}),
      layers_.weights(weights.kernel), layers_.weights(weights.bias));
  const Tensor sum = LayerAdder::output_of(layer);
  layer->setStrideNd(strides_of(convolution));
  layer->setPaddingNd(dims({convolution.padding, convolution.padding}));
  layer->setDilationNd(dims({convolution.dilation, convolution.dilation}));
  layer->setNbGroups(convolution.groups);
  return blurred(convolution, through(convolution.activation, sum));
}

Tensor Builder::convert(const graph::Route& route, Tensor, const graph::Layer&) {
  std::vector<Tensor> parts;
  for (const int from : route.layers) {
    const Tensor whole = output(from);
    const int part = static_cast<int>(whole->getDimensions().d[1]) / route.groups;
    parts.push_back(route.groups == 1 ? whole
                                      : layers_.channel_range(whole, part * route.group_id, part));
  }
  return parts.size() == 1 ? parts.front() : layers_.joined(parts);
}

Tensor Builder::convert(const graph::Shortcut& shortcut, Tensor previous,
                        const graph::Layer& layer) {
  const std::vector<float> weights = graph::normalized_weights(shortcut);
  const std::size_t columns = weights.size() / (shortcut.from.size() + 1);
  const auto scaled = [&](Tensor tensor, std::size_t row) {
    return weights.empty()
               ? tensor
               : layers_.product(tensor, layers_.channel_constant(
                                             std::span(weights).subspan(row * columns, columns)));
  };
  Tensor sum = scaled(previous, 0);
  for (std::size_t i = 0; i < shortcut.from.size(); ++i) {
    Tensor addend = output(shortcut.from[i]);
    if (addend->getDimensions().d[1] != layer.output.channels) {
      addend = layers_.channel_range(addend, 0, layer.output.channels);
    }
    sum = layers_.sum(sum, scaled(addend, i + 1));
  }
  return through(shortcut.activation, sum);
}

/// The paddings of a pool's window. Behind, only what the last window needs, since kernels without
/// padding are faster.
template <typename Pool>
void pad(nvinfer1::IPoolingLayer& pooling, const Pool& pool, const graph::Layer& layer) {
  const int before = pool.padding / 2;
  const auto behind = [&](int in, int out, int stride) {
    return std::clamp((out - 1) * stride + pool.size - in - before, 0, pool.padding - before);
  };
  pooling.setPrePadding(dims({before, before}));
  pooling.setPostPadding(dims({behind(layer.input.height, layer.output.height, pool.stride_y),
                               behind(layer.input.width, layer.output.width, pool.stride_x)}));
}

Tensor Builder::convert(const graph::MaxPool& pool, Tensor previous, const graph::Layer& layer) {
  auto* const pooling = layers_.network().addPoolingNd(*previous, nvinfer1::PoolingType::kMAX,
                                                       dims({pool.size, pool.size}));
  const Tensor output = LayerAdder::output_of(pooling);
  pad(*pooling, pool, layer);
  if (pool.blur) {  // it needs all of the padding
    const int behind = pool.padding - pool.padding / 2;
    pooling->setPostPadding(dims({behind, behind}));
  }
  pooling->setStrideNd(strides_of(pool));
  return blurred(pool, output);
}

/// The maximum over blocks of `out_channels` channels.
Tensor Builder::convert(const graph::DepthMaxPool& pool, Tensor previous,
                        const graph::Layer& layer) {
  const auto& [channels, height, width] = layer.input;
  const int blocks = graph::blocks_of(pool, channels);
  Tensor whole = previous;
  if (const int missing = blocks * pool.out_channels - channels; missing > 0) {
    // Channels of the block before fill up the last one: a maximum is the same if a value counts
    // twice.
    whole = layers_.joined(std::array{
        previous, layers_.channel_range(previous, channels - pool.out_channels, missing)});
  }
  const Tensor apart =
      layers_.reshaped(whole, dims({0, blocks, std::int64_t{pool.out_channels} * height, width}));
  return layers_.reshaped(layers_.reduced(apart, nvinfer1::ReduceOperation::kMAX, {1}),
                          dims({0, pool.out_channels, height, width}));
}

Tensor Builder::convert(const graph::LocalAvgPool& pool, Tensor previous,
                        const graph::Layer& layer) {
  auto* const pooling = layers_.network().addPoolingNd(*previous, nvinfer1::PoolingType::kAVERAGE,
                                                       dims({pool.size, pool.size}));
  const Tensor output = LayerAdder::output_of(pooling);
  pad(*pooling, pool, layer);
  pooling->setAverageCountExcludesPadding(true);
  pooling->setStrideNd(dims({pool.stride_y, pool.stride_x}));
  return output;
}

Tensor Builder::convert(const graph::AvgPool&, Tensor previous, const graph::Layer&) {
  return layers_.reduced(previous, nvinfer1::ReduceOperation::kAVG, {2, 3});
}

Tensor Builder::convert(const graph::Upsample& upsample, Tensor previous, const graph::Layer&) {
  auto* const layer = layers_.network().addResize(*previous);
  const Tensor repeated = LayerAdder::output_of(layer);
  const auto factor = static_cast<float>(upsample.stride);
  const std::array factors{1.0F, 1.0F, factor, factor};
  layer->setScales(factors.data(), 4);
  layer->setResizeMode(nvinfer1::InterpolationMode::kNEAREST);
  layer->setCoordinateTransformation(nvinfer1::ResizeCoordinateTransformation::kASYMMETRIC);
  layer->setNearestRounding(nvinfer1::ResizeRoundMode::kFLOOR);
  return upsample.scale == 1.0F ? repeated : layers_.product(repeated, upsample.scale);
}

/// The formula: graph::Reorg.
Tensor Builder::convert(const graph::Reorg& reorg, Tensor previous, const graph::Layer& layer) {
  const int stride = reorg.stride;
  const graph::Shape& in = layer.input;
  const graph::Shape cells =
      reorg.old ? graph::Shape{in.channels / (stride * stride), in.height, in.width}
                : graph::Shape{in.channels, in.height / stride, in.width / stride};
  constexpr nvinfer1::Permutation kPlacesFirst{{0, 3, 5, 1, 2, 4}};
  return layers_.rearranged(
      previous, dims({0, cells.channels, cells.height, stride, cells.width, stride}), kPlacesFirst,
      dims({0, layer.output.channels, layer.output.height, layer.output.width}));
}

Tensor Builder::convert(const graph::ScaleChannels& scale, Tensor previous, const graph::Layer&) {
  return through(scale.activation, layers_.product(output(scale.from), previous));
}

Tensor Builder::convert(const graph::Sam& sam, Tensor previous, const graph::Layer&) {
  return through(sam.activation, layers_.product(output(sam.from), previous));
}

Tensor Builder::convert(const graph::Dropout&, Tensor previous, const graph::Layer&) {
  return previous;
}

Tensor Builder::convert(const graph::Contrastive&, Tensor previous, const graph::Layer&) {
  return previous;
}

Tensor Builder::convert(const graph::Head&, Tensor previous, const graph::Layer&) {
  heads_.push_back(previous);
  return previous;
}

Result<void> Builder::mark_raw_heads() {
  for (std::size_t i = 0; i < heads_.size(); ++i) {
    const Tensor head =
        LayerAdder::output_of(layers_.network().addCast(*heads_[i], DataType::kFLOAT));
    head->setName(head_name(i).c_str());
    layers_.network().markOutput(*head);
  }
  return {};
}

Result<void> Builder::add_detections() {
  // check_network has checked that there are parameters.
  DetectionsPlugin plugin{
      DetectionsPlugin::parameters_of(network_, options_.max_detections).value()};
  std::vector<Tensor> inputs = heads_;
  inputs.push_back(layers_.network().addInput(kThresholds, DataType::kFLOAT, dims({2})));
  inputs.push_back(layers_.network().addInput(kMappings, DataType::kFLOAT, dims({-1, 6})));
  auto* const layer =
      add_plugin(layers_.network(), inputs.data(), static_cast<int32_t>(inputs.size()), plugin);
  if (layer == nullptr) {
    return base::fail(ErrorCode::kUnsupported, "{}: TensorRT refuses the heads", network_.name());
  }
  layer->setName("detections");
  constexpr std::array kOutputs{kNumbers, kKeptNumbers, kCandidateNumbers,
                                kBoxes,   kScores,      kClasses};
  for (int32_t i = 0; i < plugin.getNbOutputs(); ++i) {
    layer->getOutput(i)->setName(kOutputs[static_cast<std::size_t>(i)]);
    layers_.network().markOutput(*layer->getOutput(i));
  }
  return {};
}

}  // namespace

Result<void> build_network(const graph::Network& network, const EngineOptions& options,
                           nvinfer1::INetworkDefinition& definition, WeightStore& store) {
  LayerAdder layers{definition, store, options.half};
  return Builder{network, options, layers}.build();
}

}  // namespace yolofleet::backend::tensorrt
