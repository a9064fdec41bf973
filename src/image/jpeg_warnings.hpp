#pragma once

#include <cstdio>
// Needs the header above it.
#include <jpeglib.h>

namespace yolofleet::image {

/// Whether libjpeg's warning leaves every pixel as the file has it. After any other warning libjpeg
/// invents or skips pixels. Precondition: `warning` holds a warning (JWRN_...) of `info`.
bool leaves_pixels_whole(const jpeg_decompress_struct& info,
                         const jpeg_error_mgr& warning) noexcept;

/// The first component, from 0, of a progressive file whose mean values (DC) no scan has sent; -1
/// if there is none. libjpeg doesn't warn about it. Precondition: all scans have been read.
int component_without_dc(const jpeg_decompress_struct& info) noexcept;

}  // namespace yolofleet::image
