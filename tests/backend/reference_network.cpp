#include "backend/reference_network.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <variant>

#include "graph/activation.hpp"

namespace yolofleet::backend {
namespace {

using Values = std::vector<float>;

/// The values of a layer with its shape; outside it there is nothing.
struct Plane {
  const Values& values;
  graph::Shape shape;

  bool inside(int y, int x) const {
    return y >= 0 && y < shape.height && x >= 0 && x < shape.width;
  }
  double at(int channel, int y, int x) const {
    return double{values[static_cast<std::size_t>((channel * shape.height + y) * shape.width + x)]};
  }
};

class Reference {
 public:
  Reference(const graph::Network& network, std::span<const float> input)
      : network_(network), input_(input.begin(), input.end()) {}

  std::vector<Values> run() {
    for (const graph::Layer& layer : network_.layers()) {
      outputs_.push_back(std::visit(
          [&](const auto& operation) { return compute(operation, layer); }, layer.operation));
    }
    return outputs_;
  }

 private:
  Plane previous() const { return layer(static_cast<int>(outputs_.size()) - 1); }
  Plane layer(int index) const {
    if (index < 0) {
      return {input_, network_.input()};
    }
    const auto i = static_cast<std::size_t>(index);
    return {outputs_[i], network_.layers()[i].output};
  }

  /// function(channel, y, x) for each place of the output.
  template <typename Function>
  static Values fill(graph::Shape shape, graph::Activation activation, Function function) {
    Values values;
    for (int c = 0; c < shape.channels; ++c) {
      for (int y = 0; y < shape.height; ++y) {
        for (int x = 0; x < shape.width; ++x) {
          values.push_back(graph::activate(activation, static_cast<float>(function(c, y, x))));
        }
      }
    }
    return values;
  }

  /// The shape before the blur of an operation whose window has this reach.
  static graph::Shape unblurred(const graph::Shape& in, int channels, int reach, int padding) {
    return {channels, in.height + padding - reach + 1, in.width + padding - reach + 1};
  }

  /// Darknet's second convolution of a layer with antialiasing, whose own strides are 1.
  template <typename Op>
  static Values blurred(const Op& op, const Values& values, graph::Shape shape,
                        graph::Shape output) {
    const Plane in{values, shape};
    const bool box = op.blur.size == 2;
    return fill(output, graph::Activation::kLinear, [&](int c, int y, int x) {
      double sum = 0.0;
      for (int ky = 0; ky < op.blur.size; ++ky) {
        for (int kx = 0; kx < op.blur.size; ++kx) {
          const int from_y = y * op.stride_y - (box ? 0 : 1) + ky;
          const int from_x = x * op.stride_x - (box ? 0 : 1) + kx;
          const double weight = box ? 0.25 : (2 - std::abs(ky - 1)) * (2 - std::abs(kx - 1)) / 16.0;
          sum += in.inside(from_y, from_x) ? weight * in.at(c, from_y, from_x) : 0.0;
        }
      }
      return sum;
    });
  }

  template <typename Op>
  Values compute_blurred(const Op& op, const graph::Layer& its, graph::Shape before) const {
    Op alone = op;
    alone.blur = {};
    alone.stride_x = alone.stride_y = 1;
    graph::Layer layer = its;
    layer.output = before;
    return blurred(op, compute(alone, layer), before, its.output);
  }

  /// The convolution that has the weights.
  const graph::Convolution& owner_of(const graph::Convolution& op) const {
    return op.share_index
               ? std::get<graph::Convolution>(
                     network_.layers()[static_cast<std::size_t>(*op.share_index)].operation)
               : op;
  }

  Values compute(const graph::Convolution& op, const graph::Layer& its) const {
    const Plane in = previous();
    if (op.blur) {
      return compute_blurred(
          op, its,
          unblurred(in.shape, op.filters, op.dilation * (op.size - 1) + 1, 2 * op.padding));
    }
    const int inputs = in.shape.channels / op.groups;
    const int filters = op.filters / op.groups;
    const graph::ConvolutionWeights& weights = owner_of(op).weights;
    return fill(its.output, op.activation, [&](int filter, int y, int x) {
      double sum = double{weights.bias[static_cast<std::size_t>(filter)]};
      for (int c = 0; c < inputs; ++c) {
        for (int ky = 0; ky < op.size; ++ky) {
          for (int kx = 0; kx < op.size; ++kx) {
            const int from_y = y * op.stride_y - op.padding + ky * op.dilation;
            const int from_x = x * op.stride_x - op.padding + kx * op.dilation;
            const auto k =
                static_cast<std::size_t>(((filter * inputs + c) * op.size + ky) * op.size + kx);
            if (in.inside(from_y, from_x)) {
              sum +=
                  double{weights.kernel[k]} * in.at(filter / filters * inputs + c, from_y, from_x);
            }
          }
        }
      }
      return sum;
    });
  }

  Values compute(const graph::Route& op, const graph::Layer& /*its*/) const {
    Values values;
    for (const int from : op.layers) {
      const Plane whole = layer(from);
      const std::size_t part = whole.values.size() / static_cast<std::size_t>(op.groups);
      const auto begin = whole.values.begin() +
                         static_cast<std::ptrdiff_t>(part * static_cast<std::size_t>(op.group_id));
      values.insert(values.end(), begin, begin + static_cast<std::ptrdiff_t>(part));
    }
    return values;
  }

  /// The factor of input `row` in a channel; row 0 is the previous layer.
  static double weight(const graph::Shortcut& op, std::size_t row, int channel) {
    if (op.weights_type == graph::ShortcutWeights::kNone) {
      return 1.0;
    }
    const std::size_t rows = op.from.size() + 1;
    const std::size_t columns = op.weights.size() / rows;
    const bool per_channel = op.weights_type == graph::ShortcutWeights::kPerChannel;
    const auto raw = [&](std::size_t r) {
      const std::size_t column = per_channel ? static_cast<std::size_t>(channel) : 0;
      return double{op.weights[r * columns + column]};
    };
    double largest = raw(0);
    for (std::size_t r = 1; r < rows; ++r) {
      largest = std::max(largest, raw(r));
    }
    const auto part = [&](std::size_t r) {
      return op.normalization == graph::WeightsNormalization::kRelu ? std::max(raw(r), 0.0)
                                                                    : std::exp(raw(r) - largest);
    };
    if (op.normalization == graph::WeightsNormalization::kNone) {
      return raw(row);
    }
    double sum = 0.0001;
    for (std::size_t r = 0; r < rows; ++r) {
      sum += part(r);
    }
    return part(row) / sum;
  }

  Values compute(const graph::Shortcut& op, const graph::Layer& its) const {
    const Plane in = previous();
    return fill(its.output, op.activation, [&](int c, int y, int x) {
      double sum = in.at(c, y, x) * weight(op, 0, c);
      for (std::size_t i = 0; i < op.from.size(); ++i) {
        const Plane other = layer(op.from[i]);
        if (c < other.shape.channels) {
          sum += other.at(c, y, x) * weight(op, i + 1, c);
        }
      }
      return sum;
    });
  }

  Values compute(const graph::MaxPool& op, const graph::Layer& its) const {
    const Plane in = previous();
    if (op.blur) {
      return compute_blurred(op, its, unblurred(in.shape, in.shape.channels, op.size, op.padding));
    }
    return fill(its.output, graph::Activation::kLinear, [&](int c, int y, int x) {
      double most = -std::numeric_limits<double>::infinity();
      for (int ky = 0; ky < op.size; ++ky) {
        for (int kx = 0; kx < op.size; ++kx) {
          const int from_y = y * op.stride_y - op.padding / 2 + ky;
          const int from_x = x * op.stride_x - op.padding / 2 + kx;
          if (in.inside(from_y, from_x)) {
            most = std::max(most, in.at(c, from_y, from_x));
          }
        }
      }
      return most;
    });
  }

  /// Darknet's forward_maxpool_layer with maxpool_depth.
  Values compute(const graph::DepthMaxPool& op, const graph::Layer& its) const {
    const Plane in = previous();
    return fill(its.output, graph::Activation::kLinear, [&](int c, int y, int x) {
      double most = -std::numeric_limits<double>::infinity();
      for (int k = c; k < in.shape.channels; k += op.out_channels) {
        most = std::max(most, in.at(k, y, x));
      }
      return most;
    });
  }

  /// Darknet's forward_local_avgpool_layer.
  Values compute(const graph::LocalAvgPool& op, const graph::Layer& its) const {
    const Plane in = previous();
    return fill(its.output, graph::Activation::kLinear, [&](int c, int y, int x) {
      double sum = 0.0;
      int counter = 0;
      for (int ky = 0; ky < op.size; ++ky) {
        for (int kx = 0; kx < op.size; ++kx) {
          const int from_y = y * op.stride_y - op.padding / 2 + ky;
          const int from_x = x * op.stride_x - op.padding / 2 + kx;
          if (in.inside(from_y, from_x)) {
            sum += in.at(c, from_y, from_x);
            ++counter;
          }
        }
      }
      return sum / counter;
    });
  }

  Values compute(const graph::AvgPool& /*op*/, const graph::Layer& its) const {
    const Plane in = previous();
    return fill(its.output, graph::Activation::kLinear, [&](int c, int, int) {
      double sum = 0.0;
      for (int y = 0; y < in.shape.height; ++y) {
        for (int x = 0; x < in.shape.width; ++x) {
          sum += in.at(c, y, x);
        }
      }
      return sum / (in.shape.height * in.shape.width);
    });
  }

  Values compute(const graph::Upsample& op, const graph::Layer& its) const {
    const Plane in = previous();
    return fill(its.output, graph::Activation::kLinear, [&](int c, int y, int x) {
      return double{op.scale} * in.at(c, y / op.stride, x / op.stride);
    });
  }

  Values compute(const graph::Reorg& op, const graph::Layer& its) const {
    Plane in = previous();
    if (op.old) {
      in.shape = {in.shape.channels / (op.stride * op.stride), in.shape.height * op.stride,
                  in.shape.width * op.stride};
    }
    const graph::Shape apart{in.shape.channels * op.stride * op.stride, in.shape.height / op.stride,
                             in.shape.width / op.stride};
    Values values = fill(apart, graph::Activation::kLinear, [&](int k, int y, int x) {
      const int place = k / in.shape.channels;
      return in.at(k % in.shape.channels, y * op.stride + place / op.stride,
                   x * op.stride + place % op.stride);
    });
    EXPECT_EQ(values.size(), static_cast<std::size_t>(its.output.elements()));
    return values;
  }

  Values compute(const graph::ScaleChannels& op, const graph::Layer& its) const {
    const Plane scales = previous();
    const Plane scaled = layer(op.from);
    return fill(its.output, op.activation, [&](int c, int y, int x) {
      return scaled.at(c, y, x) * (op.scale_wh ? scales.at(0, y, x) : scales.at(c, 0, 0));
    });
  }

  Values compute(const graph::Sam& op, const graph::Layer& its) const {
    const Plane in = previous();
    const Plane other = layer(op.from);
    return fill(its.output, op.activation,
                [&](int c, int y, int x) { return in.at(c, y, x) * other.at(c, y, x); });
  }

  Values compute(const graph::Dropout& /*op*/, const graph::Layer& /*its*/) const {
    return previous().values;
  }
  /// Nothing reads it.
  Values compute(const graph::Contrastive& /*op*/, const graph::Layer& /*its*/) const {
    return previous().values;
  }
  Values compute(const graph::Head& /*op*/, const graph::Layer& /*its*/) const {
    return previous().values;
  }

  const graph::Network& network_;
  Values input_;
  std::vector<Values> outputs_;
};

}  // namespace

std::vector<std::vector<float>> run_reference(const graph::Network& network,
                                              std::span<const float> input) {
  return Reference(network, input).run();
}

}  // namespace yolofleet::backend
