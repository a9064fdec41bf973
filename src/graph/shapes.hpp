#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "graph/operations.hpp"
#include "graph/shape.hpp"
#include "yolofleet/error.hpp"

namespace yolofleet::graph {

/// The indices of the layers that layer `index` reads, in its operation's order: the layer before
/// it first, unless the operation is a route. -1 is the network's input.
std::vector<int> inputs_of(const Operation& operation, int index);

/// The properties of a layer that follow from its operation and its inputs' shapes.
struct LayerFacts {
  Shape output;
  std::int64_t parameters = 0;  ///< floats in the weights file
  std::int64_t flops = 0;       ///< a multiply-add counts as two; activations aren't counted
};

/// Applies the shape rule of an operation. `inputs` are the shapes of `inputs_of(operation, ...)`.
/// Errors, without file and line, which the caller knows: kMismatch (the shapes don't fit
/// together), kTooLarge (over a limit of graph/limits.hpp).
Result<LayerFacts> infer(const Operation& operation, std::span<const Shape> inputs);

}  // namespace yolofleet::graph
