#pragma once

#include "yolofleet/image.hpp"

namespace yolofleet::fleet {

/// The picture of the self-test, the same every time: discs and blocks of all colours, shaded, one
/// over the other, with noise. Six models from 0.2 to 6 million parameters gave 11 to over 300
/// boxes of 0.01 and more in one like it, where noise alone gave some of them none.
Image test_picture();

}  // namespace yolofleet::fleet
