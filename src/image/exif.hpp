#pragma once

#include "image/bytes.hpp"

namespace yolofleet::image {

/// The value of the orientation tag (0x0112) in the first directory of an EXIF block: 1 to 8, as
/// the EXIF standard numbers them; 1 (as stored) when it is absent or the block is wrong in any
/// way. The block may begin with "Exif\0\0" (as in JPEG) or with the TIFF header itself (as in PNG
/// and WebP).
int exif_orientation(Bytes block);

}  // namespace yolofleet::image
