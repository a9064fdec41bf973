#pragma once

#include "yolofleet/error.hpp"
#include "yolofleet/image.hpp"
#include "yolofleet/planes.hpp"

namespace yolofleet {

/// Checks a view that comes from a caller; the library relies on it afterwards.
/// Errors: kInvalidArgument (a side under 1, no data, or a stride shorter than a row).
Result<void> check(const ImageView& view);

/// The same for planes. Errors: kInvalidArgument (a side under 1, bits outside 8 to 16, an
/// orientation outside 1 to 8, interleaved chroma where there is none, a plane that is missing, or
/// whose stride is shorter than a row).
Result<void> check(const PlanesView& view);
Result<void> check(const PixelView& view);

}  // namespace yolofleet
