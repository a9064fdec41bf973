#include "graph/shortcut_weights.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

namespace yolofleet::graph {

std::vector<float> normalized_weights(const Shortcut& shortcut) {
  constexpr float kEpsilon = 0.0001F;
  std::vector<float> weights = shortcut.weights;
  if (weights.empty() || shortcut.normalization == WeightsNormalization::kNone) {
    return weights;
  }
  const std::size_t rows = shortcut.from.size() + 1;
  const std::size_t columns = weights.size() / rows;
  const bool softmax = shortcut.normalization == WeightsNormalization::kSoftmax;
  for (std::size_t column = 0; column < columns; ++column) {
    float largest = std::numeric_limits<float>::lowest();
    for (std::size_t row = 0; row < rows; ++row) {
      largest = std::max(largest, weights[row * columns + column]);
    }
    float sum = kEpsilon;
    for (std::size_t row = 0; row < rows; ++row) {
      float& weight = weights[row * columns + column];
      weight = softmax ? std::exp(weight - largest) : std::max(weight, 0.0F);
      sum += weight;
    }
    for (std::size_t row = 0; row < rows; ++row) {
      weights[row * columns + column] /= sum;
    }
  }
  return weights;
}

}  // namespace yolofleet::graph
