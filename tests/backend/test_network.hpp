#pragma once

#include <cstddef>
#include <random>
#include <vector>

#include "graph/network.hpp"

namespace yolofleet::backend {

/// Builds a small network, layer by layer, with random weights.
class TestNetwork {
 public:
  explicit TestNetwork(graph::Shape input) : input_(input) {}

  /// Adds a layer, whose shapes follow from its inputs. Returns its index.
  int add(graph::Operation operation);
  /// Adds a convolution with random weights.
  int convolution(graph::Convolution operation);
  /// Adds a 3x3 convolution of stride 1 that keeps height and width.
  int convolution(int filters, graph::Activation activation = graph::Activation::kLinear);
  /// Adds a head of one anchor that fits the last layer (at least 6 channels).
  int head();

  graph::Network network() const { return {"test", input_, false, layers_}; }
  std::vector<float> random(std::size_t count, float least, float most);

 private:
  graph::Shape input_;
  std::vector<graph::Layer> layers_;
  std::mt19937 engine_{11};
};

}  // namespace yolofleet::backend
