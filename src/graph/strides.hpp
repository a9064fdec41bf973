#pragma once

#include <cstdint>
#include <span>

#include "graph/operations.hpp"

namespace yolofleet::graph {

/// A stride in lowest terms (upsampling divides); 0 / 1 where there is none.
struct Ratio {
  std::int64_t numerator = 1;
  std::int64_t denominator = 1;

  Ratio times(std::int64_t up, std::int64_t down) const;
  bool operator<(const Ratio& other) const {
    return numerator * other.denominator < other.numerator * denominator;
  }
};

struct StridePair {
  Ratio x;
  Ratio y;
};

/// Where the input's width is a multiple of x and its height of y, the sizes of all layers are
/// whole. Other inputs may fit, too: see nearest_fitting_inputs.
struct LargestStride {
  std::int64_t x = 1;
  std::int64_t y = 1;
};

/// The largest stride of any layer: the pixels of the network's input from one element of the
/// layer's output to the next. It follows from the operations alone, without shapes. Layers after
/// an average pooling have no stride. Precondition: every index that an operation names is smaller
/// than its own.
LargestStride largest_stride(std::span<const Operation> operations);

}  // namespace yolofleet::graph
