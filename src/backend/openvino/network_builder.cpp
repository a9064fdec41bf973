#include "backend/openvino/network_builder.hpp"

#include <cstddef>
#include <openvino/op/ops.hpp>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "backend/openvino/activations.hpp"
#include "backend/openvino/pools.hpp"
#include "backend/openvino/reason.hpp"
#include "backend/openvino/tensors.hpp"
#include "base/fail.hpp"
#include "graph/shortcut_weights.hpp"

namespace yolofleet::backend::openvino {
namespace {

using Strides = ov::Strides;
using ov::op::v0::Constant;

/// A layer's output, blurred if the layer has `antialiasing`.
template <typename Op>
Tensor blurred(const Op& op, const Tensor& tensor) {
  return op.blur ? through_kernel(tensor, graph::weights_of(op.blur), size(op.blur.size),
                                  {size(op.stride_y), size(op.stride_x)}, op.blur.padding)
                 : tensor;
}

/// The strides of the layer's own window: 1 if a blur follows, which then has the layer's strides.
template <typename Op>
Strides strides_of(const Op& op) {
  return op.blur ? Strides{1, 1} : Strides{size(op.stride_y), size(op.stride_x)};
}

/// Adds the layers one after the other and keeps their output tensors, which later layers read.
class Builder {
 public:
  explicit Builder(const graph::Network& network) : network_(network) {
    const graph::Shape input = network.input();
    parameter_ = std::make_shared<ov::op::v0::Parameter>(
        ov::element::f32,
        ov::Shape{1, size(input.channels), size(input.height), size(input.width)});
  }

  Result<std::shared_ptr<ov::Model>> build() {
    Tensor tensor = parameter_;
    for (std::size_t i = 0; i < network_.layers().size(); ++i) {
      auto added = add(i, tensor);
      if (!added) {
        return tl::unexpected(std::move(added).error());
      }
      tensor = *added;
      outputs_.push_back(tensor);
    }
    if (heads_.empty()) {
      return base::fail(ErrorCode::kInvalidArgument, "{}: the network has no head that gives boxes",
                        network_.name());
    }
    return std::make_shared<ov::Model>(heads_, ov::ParameterVector{parameter_}, network_.name());
  }

 private:
  Result<Tensor> add(std::size_t index, const Tensor& previous) {
    const graph::Layer& layer = network_.layers()[index];
    Result<Tensor> added;
    try {
      added = std::visit([&](const auto& operation) { return convert(operation, previous, layer); },
                         layer.operation);
    } catch (const ov::Exception& exception) {
      return base::fail(ErrorCode::kUnsupported, "{}: OpenVINO refuses it: {}", named(layer),
                        reason_of(exception));
    }
    if (!added) {
      return added;
    }
    const graph::Shape& shape = layer.output;
    const ov::Shape expected{1, size(shape.channels), size(shape.height), size(shape.width)};
    if (added->get_shape() != expected) {
      return base::fail(ErrorCode::kInternal, "{}: OpenVINO gives the shape {}; the network has {}",
                        named(layer), added->get_shape().to_string(), expected.to_string());
    }
    added->get_node()->set_friendly_name(fmt::format("{} {}", index, kind_of(layer.operation)));
    return added;
  }

  std::string named(const graph::Layer& layer) const {
    return fmt::format("{}: layer {} [{}], line {} of the cfg", network_.name(),
                       &layer - network_.layers().data(), kind_of(layer.operation), layer.line);
  }

  const Tensor& output(int layer) const { return outputs_[size(layer)]; }

  Result<Tensor> convert(const graph::Convolution& convolution, const Tensor& previous,
                         const graph::Layer& layer) const;
  Result<Tensor> convert(const graph::Route& route, const Tensor& previous,
                         const graph::Layer& layer) const;
  Result<Tensor> convert(const graph::Shortcut& shortcut, const Tensor& previous,
                         const graph::Layer& layer) const;
  Result<Tensor> convert(const graph::MaxPool& pool, const Tensor& previous,
                         const graph::Layer& layer) const;
  Result<Tensor> convert(const graph::DepthMaxPool& pool, const Tensor& previous,
                         const graph::Layer& layer) const;
  Result<Tensor> convert(const graph::LocalAvgPool& pool, const Tensor& previous,
                         const graph::Layer& /*layer*/) const {
    return pooled(pool, previous);
  }
  Result<Tensor> convert(const graph::AvgPool& pool, const Tensor& previous,
                         const graph::Layer& /*layer*/) const {
    return pooled(pool, previous);
  }
  Result<Tensor> convert(const graph::Upsample& upsample, const Tensor& previous,
                         const graph::Layer& layer) const;
  Result<Tensor> convert(const graph::Reorg& reorg, const Tensor& previous,
                         const graph::Layer& layer) const;
  Result<Tensor> convert(const graph::ScaleChannels& scale, const Tensor& previous,
                         const graph::Layer& layer) const;
  Result<Tensor> convert(const graph::Sam& sam, const Tensor& previous,
                         const graph::Layer& layer) const;
  Result<Tensor> convert(const graph::Dropout& /*dropout*/, const Tensor& previous,
                         const graph::Layer& /*layer*/) const {
    return previous;
  }
  Result<Tensor> convert(const graph::Contrastive& /*contrastive*/, const Tensor& previous,
                         const graph::Layer& /*layer*/) const {
    return previous;
  }
  Result<Tensor> convert(const graph::Head& head, const Tensor& previous,
                         const graph::Layer& layer);

  const graph::Network& network_;
  std::shared_ptr<ov::op::v0::Parameter> parameter_;
  std::vector<Tensor> outputs_;
  ov::ResultVector heads_;
};

Result<Tensor> Builder::convert(const graph::Convolution& convolution, const Tensor& previous,
                                const graph::Layer& layer) const {
  const std::size_t groups = size(convolution.groups);
  const std::size_t filters = size(convolution.filters);
  const std::size_t inputs = size(layer.input.channels) / groups;
  const std::size_t side = size(convolution.size);
  const graph::ConvolutionWeights& weights = graph::weights_of(network_, convolution);
  if (!weights.scale.empty()) {
    return base::fail(ErrorCode::kInternal, "{}: its batch normalisation isn't folded in",
                      named(layer));
  }
  const std::size_t wanted = filters * inputs * side * side;
  if (weights.kernel.size() != wanted || weights.bias.size() != filters) {
    return base::fail(ErrorCode::kInvalidArgument,
                      "{}: has {} weights and {} biases; it needs {} and {}", named(layer),
                      weights.kernel.size(), weights.bias.size(), wanted, filters);
  }
  const Strides strides = strides_of(convolution);
  const Strides dilations(2, size(convolution.dilation));
  const ov::CoordinateDiff pads(2, convolution.padding);
  Tensor sum;
  if (groups == 1) {
    sum = std::make_shared<ov::op::v1::Convolution>(
        previous, constant({filters, inputs, side, side}, weights.kernel), strides, pads, pads,
        dilations);
  } else {
    sum = std::make_shared<ov::op::v1::GroupConvolution>(
        previous, constant({groups, filters / groups, inputs, side, side}, weights.kernel), strides,
        pads, pads, dilations);
  }
  const Tensor bias = constant({1, filters, 1, 1}, weights.bias);
  return blurred(convolution,
                 activated(convolution.activation, std::make_shared<ov::op::v1::Add>(sum, bias)));
}

Result<Tensor> Builder::convert(const graph::Route& route, const Tensor& /*previous*/,
                                const graph::Layer& /*layer*/) const {
  ov::OutputVector parts;
  for (const int from : route.layers) {
    const Tensor& whole = output(from);
    const int part = channels_of(whole) / route.groups;
    parts.push_back(route.groups == 1
                        ? whole
                        : channel_range(whole, part * route.group_id, part * (route.group_id + 1)));
  }
  if (parts.size() == 1) {
    return parts.front();
  }
  return std::make_shared<ov::op::v0::Concat>(parts, 1);
}

Result<Tensor> Builder::convert(const graph::Shortcut& shortcut, const Tensor& previous,
                                const graph::Layer& layer) const {
  const bool weighted = shortcut.weights_type != graph::ShortcutWeights::kNone;
  const std::size_t columns = shortcut.weights_type == graph::ShortcutWeights::kPerChannel
                                  ? size(layer.output.channels)
                                  : 1;
  const std::size_t wanted = weighted ? (shortcut.from.size() + 1) * columns : 0;
  if (shortcut.weights.size() != wanted) {
    return base::fail(ErrorCode::kInvalidArgument, "{}: has {} weights; it needs {}", named(layer),
                      shortcut.weights.size(), wanted);
  }
  const std::vector<float> weights = graph::normalized_weights(shortcut);
  const auto scaled = [&](const Tensor& tensor, std::size_t row) -> Tensor {
    if (!weighted) {
      return tensor;
    }
    const auto begin = weights.begin() + static_cast<std::ptrdiff_t>(row * columns);
    const std::vector<float> values(begin, begin + static_cast<std::ptrdiff_t>(columns));
    return std::make_shared<ov::op::v1::Multiply>(tensor, constant({1, columns, 1, 1}, values));
  };
  Tensor sum = scaled(previous, 0);
  for (std::size_t i = 0; i < shortcut.from.size(); ++i) {
    const Tensor addend = with_channels(output(shortcut.from[i]), layer.output.channels);
    sum = std::make_shared<ov::op::v1::Add>(sum, scaled(addend, i + 1));
  }
  return activated(shortcut.activation, sum);
}

Result<Tensor> Builder::convert(const graph::MaxPool& pool, const Tensor& previous,
                                const graph::Layer& /*layer*/) const {
  return blurred(pool, pooled(pool, previous, strides_of(pool)));
}

Result<Tensor> Builder::convert(const graph::DepthMaxPool& pool, const Tensor& previous,
                                const graph::Layer& layer) const {
  return pooled(pool, previous, layer.input);
}

Result<Tensor> Builder::convert(const graph::Upsample& upsample, const Tensor& previous,
                                const graph::Layer& layer) const {
  ov::op::v4::Interpolate::InterpolateAttrs attributes;
  attributes.mode = ov::op::v4::Interpolate::InterpolateMode::NEAREST;
  attributes.shape_calculation_mode = ov::op::v4::Interpolate::ShapeCalcMode::SIZES;
  attributes.coordinate_transformation_mode =
      ov::op::v4::Interpolate::CoordinateTransformMode::ASYMMETRIC;
  attributes.nearest_mode = ov::op::v4::Interpolate::NearestMode::FLOOR;
  const auto pair = [](int height, int width) {
    return Constant::create(ov::element::i64, {2}, std::vector<std::int64_t>{height, width});
  };
  const auto factor = static_cast<float>(upsample.stride);
  const auto factors = Constant::create(ov::element::f32, {2}, std::vector<float>{factor, factor});
  const Tensor repeated = std::make_shared<ov::op::v4::Interpolate>(
      previous, pair(layer.output.height, layer.output.width), factors, pair(2, 3), attributes);
  if (upsample.scale == 1.0F) {
    return repeated;
  }
  return std::make_shared<ov::op::v1::Multiply>(repeated, scalar(upsample.scale));
}

Result<Tensor> Builder::convert(const graph::Reorg& reorg, const Tensor& previous,
                                const graph::Layer& layer) const {
  using ov::op::v0::SpaceToDepth;
  const auto taken_apart = [&](const Tensor& tensor) {
    return std::make_shared<SpaceToDepth>(tensor, SpaceToDepth::SpaceToDepthMode::BLOCKS_FIRST,
                                          size(reorg.stride));
  };
  if (!reorg.old) {
    return taken_apart(previous);
  }
  const auto& [channels, height, width] = layer.input;
  const std::int64_t stride = reorg.stride;
  const Tensor spread =
      reshaped(previous, {1, channels / (stride * stride), height * stride, width * stride});
  return reshaped(taken_apart(spread),
                  {1, layer.output.channels, layer.output.height, layer.output.width});
}

Result<Tensor> Builder::convert(const graph::ScaleChannels& scale, const Tensor& previous,
                                const graph::Layer& /*layer*/) const {
  return activated(scale.activation,
                   std::make_shared<ov::op::v1::Multiply>(output(scale.from), previous));
}

Result<Tensor> Builder::convert(const graph::Sam& sam, const Tensor& previous,
                                const graph::Layer& /*layer*/) const {
  return activated(sam.activation,
                   std::make_shared<ov::op::v1::Multiply>(output(sam.from), previous));
}

Result<Tensor> Builder::convert(const graph::Head& /*head*/, const Tensor& previous,
                                const graph::Layer& /*layer*/) {
  heads_.push_back(std::make_shared<ov::op::v0::Result>(previous));
  return previous;
}

}  // namespace

Result<std::shared_ptr<ov::Model>> build_model(const graph::Network& network) {
  return Builder(network).build();
}

}  // namespace yolofleet::backend::openvino
