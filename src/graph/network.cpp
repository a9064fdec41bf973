#include "graph/network.hpp"

#include <algorithm>
#include <numeric>
#include <variant>

namespace yolofleet::graph {

std::vector<std::size_t> Network::heads() const {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    if (std::holds_alternative<Head>(layers_[i].operation)) {
      found.push_back(i);
    }
  }
  return found;
}

int Network::class_count() const noexcept {
  int most = 0;
  for (const Layer& layer : layers_) {
    if (const auto* const head = std::get_if<Head>(&layer.operation)) {
      most = std::max(most, head->classes);
    }
  }
  return most;
}

std::int64_t Network::parameters() const noexcept {
  return std::accumulate(
      layers_.begin(), layers_.end(), std::int64_t{0},
      [](std::int64_t sum, const Layer& layer) { return sum + layer.parameters; });
}

std::int64_t Network::flops() const noexcept {
  return std::accumulate(layers_.begin(), layers_.end(), std::int64_t{0},
                         [](std::int64_t sum, const Layer& layer) { return sum + layer.flops; });
}

const ConvolutionWeights& weights_of(const Network& network, const Convolution& convolution) {
  if (!convolution.share_index) {
    return convolution.weights;
  }
  const Layer& owner = network.layers()[static_cast<std::size_t>(*convolution.share_index)];
  return std::get<Convolution>(owner.operation).weights;
}

}  // namespace yolofleet::graph
