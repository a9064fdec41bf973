#pragma once

#include <utility>
#include <vector>

#include "graph/operations.hpp"

namespace yolofleet::graph {

/// A convolution with "same" padding.
inline Convolution strided(int stride_x, int stride_y, int size = 3) {
  Convolution op;
  op.size = size;
  op.stride_x = stride_x;
  op.stride_y = stride_y;
  op.padding = size / 2;
  return op;
}

inline Route route(std::vector<int> layers) {
  Route op;
  op.layers = std::move(layers);
  return op;
}

inline Upsample upsample(int stride) {
  Upsample op;
  op.stride = stride;
  return op;
}

}  // namespace yolofleet::graph
