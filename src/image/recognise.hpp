#pragma once

#include <string>

#include "image/bytes.hpp"

namespace yolofleet::image {

/// The formats that can be read, and all others.
enum class Kind { kJpeg, kPng, kWebp, kBmp, kOther };

/// What the first bytes of a file show it to be.
Kind recognise(Bytes file);

/// What a file that is none of the readable formats looks like, for a message: "looks like GIF", or
/// its first bytes. Precondition: there is a byte.
std::string describe_other(Bytes file);

}  // namespace yolofleet::image
