#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <variant>

#include "generated/forward.hpp"
#include "graph/activation.hpp"

namespace yolofleet::generated {
namespace {

void activate(std::vector<float>& values, graph::Activation activation) {
  if (activation != graph::Activation::kLinear) {
    std::transform(values.begin(), values.end(), values.begin(),
                   [&](float value) { return graph::activate(activation, value); });
  }
}

/// The values of a plane in a window that is cut at the plane's edges.
std::vector<float> window_of(std::span<const float> plane, graph::Shape shape, int size, int top,
                             int left) {
  std::vector<float> values;
  for (int y = std::max(top, 0); y < std::min(top + size, shape.height); ++y) {
    for (int x = std::max(left, 0); x < std::min(left + size, shape.width); ++x) {
      values.push_back(plane[static_cast<std::size_t>(y * shape.width + x)]);
    }
  }
  return values;
}

float largest_of(std::span<const float> values) {
  return *std::max_element(values.begin(), values.end());
}

float mean_of(std::span<const float> values) {
  return std::accumulate(values.begin(), values.end(), 0.0F) / static_cast<float>(values.size());
}

struct Run {
  const graph::Layer& layer;
  std::span<const Tensor* const> inputs;

  /// The values of the first input.
  std::vector<float> same() const { return inputs[0]->values; }

  template <typename Op>
  std::vector<float> operator()(const Op& /*moves values at most*/) const {
    return same();
  }
  std::vector<float> operator()(const graph::Route& op) const {
    std::vector<float> values;
    for (const Tensor* const input : inputs) {
      const auto part = static_cast<std::ptrdiff_t>(input->values.size()) / op.groups;
      const auto begin = input->values.begin() + part * op.group_id;
      values.insert(values.end(), begin, begin + part);
    }
    return values;
  }
  std::vector<float> operator()(const graph::Shortcut& op) const {
    // Weights of about 1 are normalised to a mean.
    const bool mean = op.weights_type != graph::ShortcutWeights::kNone;
    std::vector<float> values = same();
    for (const Tensor* const input : inputs.subspan(1)) {
      const std::size_t both = std::min(values.size(), input->values.size());
      std::transform(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(both),
                     input->values.begin(), values.begin(), std::plus<>{});
    }
    for (float& value : values) {
      value /= mean ? static_cast<float>(inputs.size()) : 1.0F;
    }
    activate(values, op.activation);
    return values;
  }
  /// `function` of each window of a pool.
  template <typename Pool, typename Function>
  std::vector<float> of_windows(const Pool& op, Function function) const {
    const Tensor& in = *inputs[0];
    std::vector<float> values;
    for (int c = 0; c < layer.output.channels; ++c) {
      for (int y = 0; y < layer.output.height; ++y) {
        for (int x = 0; x < layer.output.width; ++x) {
          values.push_back(
              function(window_of(in.channel(c), in.shape, op.size, y * op.stride_y - op.padding / 2,
                                 x * op.stride_x - op.padding / 2)));
        }
      }
    }
    return values;
  }
  std::vector<float> operator()(const graph::MaxPool& op) const {
    return of_windows(op, largest_of);
  }
  std::vector<float> operator()(const graph::LocalAvgPool& op) const {
    return of_windows(op, mean_of);
  }
  std::vector<float> operator()(const graph::DepthMaxPool& op) const {
    const std::vector<float>& all = inputs[0]->values;
    const std::size_t block = all.size() / static_cast<std::size_t>(layer.input.channels) *
                              static_cast<std::size_t>(op.out_channels);
    std::vector<float> values(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(block));
    for (std::size_t i = block; i < all.size(); ++i) {
      values[i % block] = std::max(values[i % block], all[i]);
    }
    return values;
  }
  std::vector<float> operator()(const graph::AvgPool& /*no options*/) const {
    std::vector<float> values;
    for (int c = 0; c < layer.output.channels; ++c) {
      values.push_back(mean_of(inputs[0]->channel(c)));
    }
    return values;
  }
  std::vector<float> operator()(const graph::Upsample& op) const {
    const Tensor& in = *inputs[0];
    std::vector<float> values;
    for (int c = 0; c < layer.output.channels; ++c) {
      const std::span<const float> plane = in.channel(c);
      for (int y = 0; y < layer.output.height; ++y) {
        for (int x = 0; x < layer.output.width; ++x) {
          const int from = y / op.stride * in.shape.width + x / op.stride;
          values.push_back(op.scale * plane[static_cast<std::size_t>(from)]);
        }
      }
    }
    return values;
  }
  std::vector<float> operator()(const graph::ScaleChannels& op) const {
    std::vector<float> values = inputs[1]->values;
    const std::size_t area = values.size() / static_cast<std::size_t>(layer.output.channels);
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i] *= inputs[0]->values[op.scale_wh ? i % area : i / area];
    }
    activate(values, op.activation);
    return values;
  }
  std::vector<float> operator()(const graph::Sam& op) const {
    std::vector<float> values = same();
    std::transform(values.begin(), values.end(), inputs[1]->values.begin(), values.begin(),
                   std::multiplies<>{});
    activate(values, op.activation);
    return values;
  }
};

}  // namespace

std::span<const float> Tensor::channel(int number) const {
  const std::size_t area = values.size() / static_cast<std::size_t>(shape.channels);
  return std::span{values}.subspan(static_cast<std::size_t>(number) * area, area);
}

std::span<float> Tensor::channel(int number) {
  const std::size_t area = values.size() / static_cast<std::size_t>(shape.channels);
  return std::span{values}.subspan(static_cast<std::size_t>(number) * area, area);
}

Tensor run_layer(const graph::Layer& layer, std::span<const Tensor* const> inputs) {
  return {layer.output, std::visit(Run{layer, inputs}, layer.operation)};
}

}  // namespace yolofleet::generated
