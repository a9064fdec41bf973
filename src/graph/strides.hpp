#pragma once

#include <cstdint>
#include <span>

#include "graph/operations.hpp"

namespace yolofleet::graph {

/// What width and height of the network's input must be multiples of.
struct LargestStride {
  std::int64_t x = 1;
  std::int64_t y = 1;
};

/// The largest stride of any layer: pixels of the input from one element of its output to the
/// next. It follows from the operations alone (no shape is needed); what is behind an average
/// pooling over the whole picture has none. Precondition: every index that an operation names is
/// smaller than its own.
LargestStride largest_stride(std::span<const Operation> operations);

}  // namespace yolofleet::graph
