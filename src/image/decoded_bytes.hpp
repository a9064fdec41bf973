#pragma once

#include <cstddef>

#include "image/bytes.hpp"
#include "yolofleet/image.hpp"

namespace yolofleet::image {

/// The bytes that `Image::decode` takes for this file, from its header alone: the pixels in RGB
/// and, for a progressive JPEG, the coefficients that libjpeg keeps until the last scan (2 bytes
/// for each sample, as if no component were subsampled). Not included: the second copy of the
/// pixels while an EXIF orientation is applied, and buffers of a few rows. 0 if the header can't be
/// read, or has more pixels than the limits allow: `Image::decode` refuses such a file.
std::size_t decoded_bytes(Bytes file, const DecodeLimits& limits);

}  // namespace yolofleet::image
