#pragma once

#include "image/canvas.hpp"

namespace yolofleet::image {

/// The colour of a class: a function of its number alone, bright, and far from the colours of its
/// neighbours; the first hundred or so are all different to the eye. Any number is allowed.
Colour class_colour(int class_id);

/// Black or white, whichever can be read on the colour.
Colour text_colour(const Colour& background);

}  // namespace yolofleet::image
