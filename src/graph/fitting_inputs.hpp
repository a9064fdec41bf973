#pragma once

#include <span>
#include <vector>

#include "graph/operations.hpp"
#include "graph/shape.hpp"

namespace yolofleet::graph {

/// Inputs near `input` for which the shapes of all operations fit together: the nearest one, by the
/// sum of the differences of both sides; the nearest of which no side is larger; and the nearest of
/// which no side is smaller. Each comes once, the nearest first. A side that fits stays as it is,
/// so an `input` that fits comes back alone. May have fewer: none if another input doesn't help,
/// for instance because the numbers of channels don't fit. The time is bounded, whatever the
/// operations are; only for a network with a very large stride may a nearer input be missed.
/// Precondition: every index that an operation names is smaller than its own.
std::vector<Shape> nearest_fitting_inputs(std::span<const Operation> operations,
                                          const Shape& input);

}  // namespace yolofleet::graph
