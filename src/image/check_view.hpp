#pragma once

#include "yolofleet/error.hpp"
#include "yolofleet/image.hpp"

namespace yolofleet {

/// Checks a view that comes from a caller; the library relies on it afterwards.
/// Errors: kInvalidArgument (a side under 1, no data, or a stride shorter than a row).
Result<void> check(const ImageView& view);

}  // namespace yolofleet
