#pragma once

#include <span>
#include <string_view>

#include "darknet/cfg_text.hpp"
#include "graph/operations.hpp"
#include "graph/shape.hpp"
#include "yolofleet/error.hpp"

namespace yolofleet::darknet {

/// Checks that the input of a head fits it; any other layer passes. A misfit is the most common
/// mistake in a cfg, so the message names the line to edit. `place` begins it; `giver` is the
/// section before the head. Errors: kMismatch.
Result<void> check_head_fits(const graph::Operation& operation, const graph::Shape& input,
                             std::string_view place, const CfgSection& giver);

/// The error of a layer that doesn't fit the layers it reads. If this is due to the size of the
/// network's input, the message gets the nearest sizes that fit; and the code becomes
/// kInvalidArgument if an option set the size (`is_set_by_option`).
Error with_fitting_sizes(Error error, std::span<const graph::Operation> operations,
                         const graph::Shape& input, bool is_set_by_option);

}  // namespace yolofleet::darknet
