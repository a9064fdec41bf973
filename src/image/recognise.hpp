#pragma once

#include <string>

#include "image/bytes.hpp"

namespace yolofleet::image {

/// The formats that can be decoded, and one value for all others.
enum class Kind { kJpeg, kPng, kWebp, kBmp, kOther };

/// The format that the first bytes of a file show.
Kind recognise(Bytes file);

/// Describes a file that can't be decoded, for a message: "looks like GIF", or its first bytes.
/// Precondition: `bytes` isn't empty.
std::string describe_other(Bytes file);

}  // namespace yolofleet::image
