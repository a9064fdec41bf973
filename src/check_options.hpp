#pragma once

#include "image/check_view.hpp"
#include "yolofleet/model.hpp"
#include "yolofleet/options.hpp"

namespace yolofleet {

/// Errors: kInvalidArgument (an option out of its range, with its name, the value and the range; a
/// model that has no weights), kUnsupported (a head that needs a class tree).
Result<void> check(const Model& model, const Options& options);

}  // namespace yolofleet
