// Where the scan of a simple JPEG file ends.

#include <cstring>

#include "image/jpeg_blocks.hpp"
#include "image/jpeg_markers.hpp"

namespace yolofleet::image {

std::optional<std::size_t> end_of_scan(Bytes file, const JpegHeader& header) noexcept {
  const auto interval = static_cast<std::size_t>(header.restart_interval);
  const std::size_t restarts =
      interval == 0 ? 0 : (shape_of(header).mcus + interval - 1) / interval - 1;
  std::size_t seen = 0;
  const std::uint8_t* at = as_uint8(file) + header.scan_data;
  const std::uint8_t* const end = as_uint8(file) + file.size();
  while (at < end) {
    at =
        static_cast<const std::uint8_t*>(std::memchr(at, 0xFF, static_cast<std::size_t>(end - at)));
    if (at == nullptr || end - at < 2) {
      return std::nullopt;
    }
    const int marker = at[1];
    if (marker == kEoi) {
      const auto offset = static_cast<std::size_t>(at - as_uint8(file));
      return seen == restarts ? std::optional{offset} : std::nullopt;
    }
    if (is_restart(marker)) {
      if (marker - kRst0 != static_cast<int>(seen % 8) || seen == restarts) {
        return std::nullopt;
      }
      ++seen;
    } else if (marker != 0) {
      return std::nullopt;
    }
    at += 2;
  }
  return std::nullopt;
}

}  // namespace yolofleet::image
