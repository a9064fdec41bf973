#pragma once

#include "yolofleet/image.hpp"

namespace yolofleet::fleet {

/// The picture of the self-test, the same every time: discs and blocks of all colours, shaded, one
/// over the other, with noise. The six models of tests/conformance have 6 to 204 boxes over 0.01
/// in it, where noise alone gives some of them none.
Image test_picture();

}  // namespace yolofleet::fleet
