#pragma once

namespace yolofleet::image {

// Markers of a JPEG (the bytes after 0xFF), as ITU-T T.81, table B.1, names them.
inline constexpr int kSof0 = 0xC0;
inline constexpr int kDht = 0xC4;
inline constexpr int kRst0 = 0xD0;
inline constexpr int kRst7 = 0xD7;
inline constexpr int kSoi = 0xD8;
inline constexpr int kEoi = 0xD9;
inline constexpr int kSos = 0xDA;

constexpr bool is_restart(int marker) noexcept {
  return marker >= kRst0 && marker <= kRst7;
}

}  // namespace yolofleet::image
