#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "image/bytes.hpp"
#include "yolofleet/planes.hpp"

namespace yolofleet::image {

/// The Huffman tables of a scan.
struct ScanTables {
  /// [i]: the offset in the file of the 16 numbers of codes (T.81, B.2.4.2) of table i, which its
  /// symbols follow; 0: there is no such table.
  std::array<std::size_t, 2> dc{};
  std::array<std::size_t, 2> ac{};
  /// The tables of the components Y, Cb and Cr, 0 or 1.
  std::array<std::uint8_t, 3> dc_of{};
  std::array<std::uint8_t, 3> ac_of{};
};

/// The headers of a simple JPEG file: baseline (SOF0), 8 bits a sample, grey or YCbCr with one of
/// the subsamplings, and all components in one scan. Cameras and most programs write such files.
struct JpegHeader {
  int width = 0;   ///< as stored, at least 1
  int height = 0;  ///< as stored, at least 1
  Subsampling subsampling = Subsampling::k420;
  int orientation = 1;        ///< of the EXIF block, 1 to 8
  int restart_interval = 0;   ///< in MCUs; 0: no restart markers
  std::size_t scan_data = 0;  ///< offset of the first entropy-coded byte
  ScanTables tables{};
};

/// Reads the headers of a simple JPEG file without libjpeg, up to its scan. Nothing for any other
/// file, for one without the tables that its scan needs, and for one with anything unusual, which
/// libjpeg may accept. Reads at most some hundred segments, and no picture data.
std::optional<JpegHeader> read_jpeg_header(Bytes file) noexcept;

/// The offset of the EOI marker, if the scan ends with one, has exactly the restart markers that
/// its size and its restart interval need, in their order, and no other marker. Reads the whole
/// file, at the speed of memory. Doesn't decode: `has_all_blocks` does. Precondition: `header` is
/// the file's.
std::optional<std::size_t> end_of_scan(Bytes file, const JpegHeader& header) noexcept;

}  // namespace yolofleet::image
