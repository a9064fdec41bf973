#include "image/decoded_bytes.hpp"

#include <webp/decode.h>

#include <bit>
#include <cstdint>
#include <cstdlib>

#include "image/jpeg_markers.hpp"
#include "image/recognise.hpp"

namespace yolofleet::image {
namespace {

constexpr std::int64_t kRgbBytes = 3;
constexpr std::int64_t kCoefficientBytes = 2;

/// The sizes in a header; all zero if it can't be read.
struct SizeHeader {
  std::int64_t width = 0;
  std::int64_t height = 0;
  std::int64_t pixel_bytes = kRgbBytes;  // for one pixel
};

bool begins_frame(int marker) {
  constexpr int kSof15 = 0xCF;
  constexpr int kReserved = 0xC8;
  constexpr int kArithmeticTables = 0xCC;
  return marker >= kSof0 && marker <= kSof15 && marker != kDht && marker != kReserved &&
         marker != kArithmeticTables;
}
bool is_progressive(int marker) {
  return marker == 0xC2 || marker == 0xCA;
}
bool stands_alone(int marker) {
  return marker <= 0x01 || marker == kSoi || is_restart(marker);
}
bool ends_header(int marker) {
  return marker == kEoi || marker == kSos;
}

/// The frame header at `at`, behind its marker: length, bits, height, width, components.
SizeHeader frame_header(Bytes file, std::size_t at, bool progressive) {
  constexpr std::size_t kSize = 8;
  if (file.size() - at < kSize) {
    return {};
  }
  const std::int64_t components = byte_at(file, at + 7);
  return {big16(file, at + 5), big16(file, at + 3),
          kRgbBytes + (progressive ? components * kCoefficientBytes : 0)};
}

SizeHeader jpeg_header(Bytes file) {
  std::size_t at = 2;
  while (at + 4 <= file.size()) {
    if (byte_at(file, at) != 0xFF || byte_at(file, at + 1) == 0xFF) {
      ++at;  // libjpeg skips bytes between segments, too
      continue;
    }
    const int marker = byte_at(file, at + 1);
    at += 2;
    if (ends_header(marker)) {
      break;
    }
    if (begins_frame(marker)) {
      return frame_header(file, at, is_progressive(marker));
    }
    if (!stands_alone(marker)) {
      at += big16(file, at);
    }
  }
  return {};
}

SizeHeader png_header(Bytes file) {
  constexpr std::size_t kSize = 24;  // up to the height in the first chunk
  return file.size() < kSize ? SizeHeader{} : SizeHeader{big32(file, 16), big32(file, 20)};
}

SizeHeader webp_header(Bytes file) {
  int width = 0;
  int height = 0;
  return WebPGetInfo(as_uint8(file), file.size(), &width, &height) == 0 ? SizeHeader{}
                                                                        : SizeHeader{width, height};
}

SizeHeader bmp_header(Bytes file) {
  constexpr std::size_t kSize = 26;
  if (file.size() < kSize) {
    return {};
  }
  const std::int64_t height = std::bit_cast<std::int32_t>(little32(file, 22));
  return {std::bit_cast<std::int32_t>(little32(file, 18)), std::abs(height)};  // < 0: from the top
}

SizeHeader header_of(Bytes file) {
  switch (recognise(file)) {
    case Kind::kJpeg:
      return jpeg_header(file);
    case Kind::kPng:
      return png_header(file);
    case Kind::kWebp:
      return webp_header(file);
    case Kind::kBmp:
      return bmp_header(file);
    case Kind::kOther:
      break;
  }
  return {};
}

}  // namespace

std::size_t decoded_bytes(Bytes file, const DecodeLimits& limits) {
  const SizeHeader header = header_of(file);
  const bool refused =
      header.width <= 0 || header.height <= 0 || header.height > limits.max_pixels / header.width;
  return refused ? 0 : static_cast<std::size_t>(header.width * header.height * header.pixel_bytes);
}

}  // namespace yolofleet::image
