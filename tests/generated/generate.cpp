#include "generated/generate.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <map>
#include <random>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "generated/forward.hpp"
#include "graph/activation.hpp"
#include "graph/shapes.hpp"

namespace yolofleet::generated {
namespace {

/// The variance of the sums of inputs of size 1. It is far above batch normalisation's epsilon, so
/// programs with another epsilon than Darknet's 1e-5 (its first versions, and OpenCV) serve as
/// references, too.
constexpr float kVariance = 25.0F;

struct Spread {
  float mean = 0.0F;
  float variance = 0.0F;
};

Spread spread_of(std::span<const float> values) {
  double sum = 0.0;
  double squares = 0.0;
  for (const float value : values) {
    sum += double{value};
    squares += double{value} * double{value};
  }
  const auto count = static_cast<double>(values.size());
  const double mean = sum / count;
  return {static_cast<float>(mean),
          static_cast<float>(std::max(squares / count - mean * mean, 0.0))};
}

/// The mean and variance that batch normalisation would store for a filter. A plane of few places
/// gives a poor estimate, so it takes `all`. A plane of nearly equal values would be scaled up too
/// much, so the variance has a lower limit.
Spread spread_of_filter(const Tensor& sums, int filter, Spread all) {
  constexpr std::size_t kEnoughPlaces = 16;
  constexpr float kLeastPart = 0.05F;
  constexpr float kLeast = 1e-3F;
  const std::span<const float> plane = sums.channel(filter);
  Spread its = plane.size() < kEnoughPlaces ? all : spread_of(plane);
  its.variance = std::max({its.variance, kLeastPart * all.variance, kLeast});
  return its;
}

/// A convolution as fitted to its input: the sums of `kernel`, times a factor for each filter, plus
/// a shift.
struct Fitted {
  std::vector<float> kernel;
  std::vector<float> factors;
  std::vector<float> shifts;

  /// The output of a convolution that shares these weights.
  Tensor operator()(const graph::Convolution& op, const Tensor& input, graph::Shape output) const {
    Tensor sums = convolve(op, input, kernel, output);
    for (std::size_t f = 0; f < factors.size(); ++f) {
      for (float& value : sums.channel(static_cast<int>(f))) {
        value = graph::activate(op.activation, factors[f] * value + shifts[f]);
      }
    }
    return sums;
  }
};

class Generator {
 public:
  Generator(const graph::Network& network, std::uint64_t seed, std::ostream& out)
      : network_(network), random_(seed), out_(out) {}

  void run() {
    constexpr std::array<std::uint32_t, 5> kHeader{0, 2, 5, 0, 0};  // version; pictures seen
    out_.write(reinterpret_cast<const char*>(kHeader.data()), sizeof kHeader);
    const Tensor picture = made_up_picture();
    const std::vector<std::size_t> heads = network_.heads();
    for (std::size_t i = 0; i < network_.layers().size(); ++i) {
      const graph::Layer& layer = network_.layers()[i];
      std::vector<const Tensor*> inputs;
      for (const int read : graph::inputs_of(layer.operation, static_cast<int>(i))) {
        inputs.push_back(read < 0 ? &picture : &outputs_[static_cast<std::size_t>(read)]);
      }
      if (const auto* const op = std::get_if<graph::Convolution>(&layer.operation)) {
        if (op->share_index) {
          outputs_.push_back(fitted_.at(*op->share_index)(*op, *inputs[0], layer.output));
          continue;
        }
        const bool for_head = std::find(heads.begin(), heads.end(), i + 1) != heads.end();
        outputs_.push_back(convolution(*op, layer, *inputs[0], for_head));
        continue;
      }
      if (layer.parameters > 0) {
        weights_of_sum(layer, i);
      }
      outputs_.push_back(run_layer(layer, inputs));
    }
  }

 private:
  /// Light and dark at four scales, 0 to 1.
  Tensor made_up_picture() {
    const graph::Shape shape = network_.input();
    Tensor picture{shape, std::vector<float>(static_cast<std::size_t>(shape.elements()), 0.5F)};
    for (const int cell : {64, 16, 4, 1}) {
      const int columns = shape.width / cell + 2;
      std::vector<float> grid(static_cast<std::size_t>((shape.height / cell + 2) * columns));
      for (int c = 0; c < shape.channels; ++c) {
        fill(grid, -0.15F, 0.15F);
        const std::span<float> plane = picture.channel(c);
        for (std::size_t i = 0; i < plane.size(); ++i) {
          const int y = static_cast<int>(i) / shape.width / cell;
          const int x = static_cast<int>(i) % shape.width / cell;
          plane[i] =
              std::clamp(plane[i] + grid[static_cast<std::size_t>(y * columns + x)], 0.0F, 1.0F);
        }
      }
    }
    return picture;
  }

  Tensor convolution(const graph::Convolution& op, const graph::Layer& layer, const Tensor& input,
                     bool for_head) {
    const auto filters = static_cast<std::size_t>(op.filters);
    const std::size_t others = (op.batch_normalize ? 4 : 1) * filters;
    std::vector<float> kernel(static_cast<std::size_t>(layer.parameters) - others);
    const float reach = std::sqrt(kVariance * 3.0F * static_cast<float>(filters) /
                                  static_cast<float>(kernel.size()));
    fill(kernel, -reach, reach);
    Tensor sums = convolve(op, input, kernel, layer.output);

    std::vector<float> bias(filters);
    std::vector<float> scale(filters);
    // Below 0 a head is unsure; above it most of a layer stays where activations are steep, so that
    // what is rounded differently isn't blown up from layer to layer.
    fill(bias, for_head ? -3.0F : 0.0F, for_head ? 0.0F : 1.0F);
    fill(scale, for_head ? 1.5F : 0.7F, for_head ? 2.5F : 1.3F);
    Fitted fitted = fit(op, sums, kernel, bias, scale);
    if (is_shared(static_cast<int>(outputs_.size()))) {
      fitted_.emplace(static_cast<int>(outputs_.size()), std::move(fitted));
    }
    for (float& value : sums.values) {
      value = graph::activate(op.activation, value);
    }
    return sums;
  }

  bool is_shared(int index) const {
    return std::any_of(network_.layers().begin(), network_.layers().end(), [&](const auto& layer) {
      const auto* const op = std::get_if<graph::Convolution>(&layer.operation);
      return op != nullptr && op->share_index == index;
    });
  }

  /// Fits the layer to its sums, writes it and makes its values of the sums.
  Fitted fit(const graph::Convolution& op, Tensor& sums, std::vector<float>& kernel,
             std::vector<float>& bias, const std::vector<float>& scale) {
    Fitted fitted{kernel, {}, {}};
    const Spread all = spread_of(sums.values);
    std::vector<float> means;
    std::vector<float> variances;
    const std::size_t per_filter = kernel.size() / bias.size();
    for (std::size_t f = 0; f < bias.size(); ++f) {
      const Spread its = spread_of_filter(sums, static_cast<int>(f), all);
      means.push_back(its.mean);
      variances.push_back(its.variance);
      const float factor = scale[f] / std::sqrt(its.variance);
      const float shift = bias[f] - factor * its.mean;
      for (float& value : sums.channel(static_cast<int>(f))) {
        value = factor * value + shift;
      }
      fitted.factors.push_back(factor);
      fitted.shifts.push_back(shift);
      if (!op.batch_normalize) {
        bias[f] = shift;
        for (float& weight : std::span{kernel}.subspan(f * per_filter, per_filter)) {
          weight *= factor;
        }
      }
    }
    write(bias);
    if (op.batch_normalize) {
      write(scale);
      write(means);
      write(variances);
    }
    write(kernel);
    return fitted;
  }

  void weights_of_sum(const graph::Layer& layer, std::size_t index) {
    if (!std::holds_alternative<graph::Shortcut>(layer.operation)) {
      throw std::runtime_error("layer " + std::to_string(index) + " ([" +
                               std::string{graph::kind_of(layer.operation)} + "] of line " +
                               std::to_string(layer.line) + "): no weights are known for it");
    }
    std::vector<float> weights(static_cast<std::size_t>(layer.parameters));
    fill(weights, 0.5F, 1.5F);
    write(weights);
  }

  void fill(std::span<float> values, float least, float most) {
    constexpr int kSpareBits = 64 - 24;  // what a float can't hold
    constexpr float kUnit = 1.0F / (1 << 24);
    for (float& value : values) {
      value = least + (most - least) * kUnit * static_cast<float>(random_() >> kSpareBits);
    }
  }

  void write(const std::vector<float>& values) {
    out_.write(reinterpret_cast<const char*>(values.data()),
               static_cast<std::streamsize>(values.size() * sizeof(float)));
  }

  const graph::Network& network_;
  std::mt19937_64 random_;
  std::ostream& out_;
  std::vector<Tensor> outputs_;
  std::map<int, Fitted> fitted_;  ///< the convolutions whose weights others share
};

}  // namespace

void write_weights(const graph::Network& network, std::uint64_t seed, std::ostream& out) {
  Generator{network, seed, out}.run();
}

}  // namespace yolofleet::generated
