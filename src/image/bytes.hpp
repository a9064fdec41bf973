#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace yolofleet::image {

using Bytes = std::span<const std::byte>;

/// The byte at `at`. Precondition: it is inside.
inline std::uint8_t byte_at(Bytes bytes, std::size_t at) {
  return std::to_integer<std::uint8_t>(bytes[at]);
}

/// Unsigned numbers of 2 and 4 bytes, little endian. Precondition: all of them are inside.
inline std::uint16_t little16(Bytes bytes, std::size_t at) {
  return static_cast<std::uint16_t>(byte_at(bytes, at) | (byte_at(bytes, at + 1) << 8));
}
inline std::uint32_t little32(Bytes bytes, std::size_t at) {
  return little16(bytes, at) | (static_cast<std::uint32_t>(little16(bytes, at + 2)) << 16);
}

/// The same, big endian.
inline std::uint16_t big16(Bytes bytes, std::size_t at) {
  return static_cast<std::uint16_t>((byte_at(bytes, at) << 8) | byte_at(bytes, at + 1));
}
inline std::uint32_t big32(Bytes bytes, std::size_t at) {
  return (static_cast<std::uint32_t>(big16(bytes, at)) << 16) | big16(bytes, at + 2);
}

/// The bytes as C libraries want them.
inline const std::uint8_t* as_uint8(Bytes bytes) {
  return reinterpret_cast<const std::uint8_t*>(bytes.data());
}

}  // namespace yolofleet::image
