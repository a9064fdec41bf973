// Whether the scan of a simple JPEG file is whole.

#include <cstring>

#include "image/jpeg_header.hpp"
#include "image/jpeg_markers.hpp"
#include "image/ycbcr.hpp"

namespace yolofleet::image {
namespace {

/// The number of MCUs (T.81, A.2) of the scan.
std::size_t mcus(const JpegHeader& header) {
  const auto along = [](int pixels, int side) {
    return (static_cast<std::size_t>(pixels) + static_cast<std::size_t>(side) - 1) /
           static_cast<std::size_t>(side);
  };
  const ChromaSampling chroma = sampling_of(header.subsampling, header.width);
  return along(header.width, chroma.halved_columns ? 16 : 8) *
         along(header.height, chroma.halved_rows ? 16 : 8);
}

}  // namespace

bool has_whole_scan(Bytes file, const JpegHeader& header) noexcept {
  const auto interval = static_cast<std::size_t>(header.restart_interval);
  const std::size_t restarts = interval == 0 ? 0 : (mcus(header) + interval - 1) / interval - 1;
  std::size_t seen = 0;
  const std::uint8_t* at = as_uint8(file) + header.scan_data;
  const std::uint8_t* const end = as_uint8(file) + file.size();
  while (at < end) {
    at =
        static_cast<const std::uint8_t*>(std::memchr(at, 0xFF, static_cast<std::size_t>(end - at)));
    if (at == nullptr || end - at < 2) {
      return false;
    }
    const int marker = at[1];
    if (marker == kEoi) {
      return seen == restarts;
    }
    if (is_restart(marker)) {
      if (marker - kRst0 != static_cast<int>(seen % 8) || seen == restarts) {
        return false;
      }
      ++seen;
    } else if (marker != 0) {
      return false;
    }
    at += 2;
  }
  return false;
}

}  // namespace yolofleet::image
