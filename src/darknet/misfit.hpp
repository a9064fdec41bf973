#pragma once

#include <span>

#include "graph/operations.hpp"
#include "graph/shape.hpp"
#include "yolofleet/error.hpp"

namespace yolofleet::darknet {

/// The error of a layer that doesn't fit the layers it reads. If this is due to the size of the
/// network's input, the message gets the nearest sizes that fit; and the code becomes
/// kInvalidArgument if an option set the size (`is_set_by_option`).
Error with_fitting_sizes(Error error, std::span<const graph::Operation> operations,
                         const graph::Shape& input, bool is_set_by_option);

}  // namespace yolofleet::darknet
