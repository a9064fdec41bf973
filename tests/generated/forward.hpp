#pragma once

#include <span>
#include <vector>

#include "graph/network.hpp"

namespace yolofleet::generated {

/// The output of a layer for one picture.
struct Tensor {
  graph::Shape shape;
  std::vector<float> values;  ///< channels, height, width

  std::span<const float> channel(int number) const;
  std::span<float> channel(int number);
};

/// The sums of a convolution, without bias, activation and blur. `output` is the layer's shape.
Tensor convolve(const graph::Convolution& op, const Tensor& input, std::span<const float> kernel,
                graph::Shape output);

/// The output of a layer that isn't a convolution. `inputs` are those of graph::inputs_of. What
/// only moves values about (reorg, heads) is passed on as it lies in memory: this is for the size
/// of values, not for their places.
Tensor run_layer(const graph::Layer& layer, std::span<const Tensor* const> inputs);

}  // namespace yolofleet::generated
