#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "graph/operations.hpp"
#include "graph/shape.hpp"
#include "yolofleet/error.hpp"

namespace yolofleet::graph {

/// Which layers layer `index` reads, in its operation's order: the layer before it first, unless
/// the operation is a route. -1 is the network's input.
std::vector<int> inputs_of(const Operation& operation, int index);

/// What follows from an operation and the shapes that it reads.
struct LayerFacts {
  Shape output;
  std::int64_t parameters = 0;  ///< floats in the weights file
  std::int64_t flops = 0;       ///< a multiply-add counts as two; activations aren't counted
};

/// The shape rule of each operation. `inputs` are the shapes of `inputs_of(operation, ...)`.
/// Formulas: Darknet, the make_*_layer functions.
/// Errors, without a place (the caller knows file and line): kMismatch (the shapes don't go
/// together), kTooLarge (over a limit of graph/limits.hpp).
Result<LayerFacts> infer(const Operation& operation, std::span<const Shape> inputs);

}  // namespace yolofleet::graph
