#pragma once

#include "image/jpeg_header.hpp"
#include "image/scan_walk.hpp"

namespace yolofleet::image {

/// The scan's MCUs. Precondition: the header is that of a file.
ScanShape shape_of(const JpegHeader& header) noexcept;

/// Whether the scan holds exactly the codes of all blocks: as many as the picture's size needs
/// between any two restart markers, and no byte more. libjpeg finds nothing wrong with such a scan,
/// but also decodes some others, those with bytes after the last block for example. Precondition:
/// `end_of_scan` finds the end of the scan. Kernels do the same; this version judges them.
bool has_all_blocks(Bytes file, const JpegHeader& header);

}  // namespace yolofleet::image
