#pragma once

#include <cstdio>
// Needs the header above it.
#include <jpeglib.h>

#include <optional>

#include "image/jpeg_session.hpp"
#include "yolofleet/planes.hpp"

namespace yolofleet::image {

/// The subsampling of a file that is stored in YCbCr or grey; nothing if it is stored otherwise, or
/// with other sampling factors. Precondition: `open` has read the headers.
std::optional<Subsampling> stored_subsampling(const jpeg_decompress_struct& info) noexcept;

/// Reads the samples without upsampling or colour conversion. Empty if libjpeg failed: `failure`
/// has the error. Preconditions: stored_subsampling gives one; jpeg_start_decompress has not been
/// called.
Planes read_planes(JpegSession& session, const std::shared_ptr<PixelMemory>& memory);

}  // namespace yolofleet::image
