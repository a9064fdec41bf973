#pragma once

#include "yolofleet/image.hpp"

namespace yolofleet::fleet {

/// The picture of the self-test, the same every time: shaded discs and blocks of all colours that
/// overlap, with noise. The six models of tests/conformance find 6 to 204 boxes over 0.01 in it; in
/// noise alone some of them find none.
Image test_picture();

}  // namespace yolofleet::fleet
