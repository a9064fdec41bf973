// BMP as [MS-WMF] 2.2.2 and the BITMAPINFOHEADER, BITMAPV4HEADER and BITMAPV5HEADER pages of the
// Windows documentation describe it. Only uncompressed pictures are read, and of these only the
// pixels, not the colour profile or alpha.
#include <algorithm>
#include <array>
#include <bit>
#include <utility>

#include "base/fail.hpp"
#include "image/codecs.hpp"

namespace yolofleet::image {
namespace {

constexpr std::size_t kFileHeader = 14;
constexpr std::uint32_t kRgb = 0;
constexpr std::uint32_t kBitfields = 3;
constexpr std::uint32_t kAlphaBitfields = 6;

using Colour = std::array<std::uint8_t, 3>;

struct Header {
  std::uint32_t pixels_at = 0;
  std::uint32_t size = 0;  // of the header after the file header
  std::int64_t width = 0;
  std::int64_t height = 0;
  bool top_down = false;
  unsigned bits = 0;
  std::uint32_t compression = 0;
  std::uint32_t colours = 0;
  std::size_t row_bytes = 0;
};

tl::unexpected<Error> truncated(std::size_t need, std::size_t have) {
  return base::fail(ErrorCode::kMalformed, "BMP is truncated: {} bytes of {}", have, need);
}

Result<void> check_kind(const Header& header) {
  const bool fields = header.compression == kBitfields || header.compression == kAlphaBitfields;
  if (header.compression != kRgb && !fields) {
    return base::fail(ErrorCode::kUnsupported,
                      "BMP of compression {} can't be read; only uncompressed ones can",
                      header.compression);
  }
  constexpr std::array kDepths{1U, 4U, 8U, 16U, 24U, 32U};
  if (std::find(kDepths.begin(), kDepths.end(), header.bits) == kDepths.end() ||
      (fields && header.bits != 16 && header.bits != 32)) {
    return base::fail(ErrorCode::kMalformed, "BMP is corrupt: {} bits a pixel with compression {}",
                      header.bits, header.compression);
  }
  return {};
}

Result<Header> read_header(Bytes file, const DecodeLimits& limits) {
  constexpr std::size_t kInfoHeader = 40;
  if (file.size() < kFileHeader + 4) {
    return truncated(kFileHeader + kInfoHeader, file.size());
  }
  Header header;
  header.pixels_at = little32(file, 10);
  header.size = little32(file, 14);
  constexpr std::array<std::uint32_t, 5> kSizes{40, 52, 56, 108, 124};
  if (std::find(kSizes.begin(), kSizes.end(), header.size) == kSizes.end()) {
    return base::fail(ErrorCode::kUnsupported,
                      "BMP with a header of {} bytes can't be read; 40, 52, 56, 108 and 124 can",
                      header.size);
  }
  if (file.size() < kFileHeader + header.size) {
    return truncated(kFileHeader + header.size, file.size());
  }
  header.width = std::bit_cast<std::int32_t>(little32(file, 18));
  header.height = std::bit_cast<std::int32_t>(little32(file, 22));
  header.top_down = header.height < 0;
  header.height = header.top_down ? -header.height : header.height;
  header.bits = little16(file, 28);
  header.compression = little32(file, 30);
  header.colours = little32(file, 46);
  if (auto kind = check_kind(header); !kind) {
    return tl::unexpected(std::move(kind).error());
  }
  if (auto size = check_size("BMP", header.width, header.height, limits); !size) {
    return tl::unexpected(std::move(size).error());
  }
  // Rows are padded to 4 bytes.
  header.row_bytes = ((static_cast<std::size_t>(header.width) * header.bits) + 31) / 32 * 4;
  const std::size_t end =
      header.pixels_at + (header.row_bytes * static_cast<std::size_t>(header.height));
  if (header.pixels_at < kFileHeader + header.size) {
    return base::fail(ErrorCode::kMalformed, "BMP is corrupt: its pixels begin at byte {}",
                      header.pixels_at);
  }
  // Many writers leave out the padding of the last row.
  const std::size_t padding =
      header.row_bytes - (((static_cast<std::size_t>(header.width) * header.bits) + 7) / 8);
  if (file.size() < end - padding) {
    return truncated(end, file.size());
  }
  return header;
}

/// One channel of a pixel of 16 or 32 bits.
struct Field {
  int shift = 0;
  std::uint32_t max = 0;  // of the value after the shift; 0: there is no such channel

  /// The value scaled to 0..255; of a value with more than 8 bits, the upper 8 bits.
  std::uint8_t of(std::uint32_t pixel) const {
    const std::uint32_t value = max == 0 ? 0 : (pixel >> shift) & max;
    if (max > 255) {
      return static_cast<std::uint8_t>(value >> (std::bit_width(max) - 8));
    }
    return max == 0 ? std::uint8_t{0} : static_cast<std::uint8_t>(((value * 255) + max / 2) / max);
  }
};

Result<Field> field_of(std::uint32_t mask) {
  if (mask == 0) {
    return Field{};
  }
  const int shift = std::countr_zero(mask);
  const std::uint32_t max = mask >> shift;
  if ((max & (max + 1)) != 0) {
    return base::fail(ErrorCode::kMalformed, "BMP is corrupt: a colour mask of {:#010x} has gaps",
                      mask);
  }
  return Field{shift, max};
}

Result<std::array<Field, 3>> read_fields(Bytes file, const Header& header) {
  std::array<std::uint32_t, 3> masks{0xFF0000, 0xFF00, 0xFF};
  if (header.compression == kRgb && header.bits == 16) {
    masks = {0x7C00, 0x3E0, 0x1F};
  } else if (header.compression != kRgb) {
    // The masks follow the 40 bytes of the info header; longer headers hold them in the same place.
    constexpr std::size_t kMasksAt = kFileHeader + 40;
    if (header.pixels_at < kMasksAt + 12 || file.size() < kMasksAt + 12) {
      return base::fail(ErrorCode::kMalformed, "BMP is corrupt: no room for its colour masks");
    }
    for (std::size_t c = 0; c < 3; ++c) {
      masks[c] = little32(file, kMasksAt + (c * 4));
    }
  }
  std::array<Field, 3> fields{};
  for (std::size_t c = 0; c < 3; ++c) {
    auto field = field_of(masks[c]);
    if (!field) {
      return tl::unexpected(std::move(field).error());
    }
    fields[c] = *field;
  }
  return fields;
}

Result<void> read_packed(Bytes file, const Header& header, Image& image) {
  const auto fields = read_fields(file, header);
  if (!fields) {
    return tl::unexpected(fields.error());
  }
  for (std::size_t y = 0; y < static_cast<std::size_t>(header.height); ++y) {
    const std::size_t stored =
        header.top_down ? y : static_cast<std::size_t>(header.height) - 1 - y;
    std::size_t at = header.pixels_at + (stored * header.row_bytes);
    std::uint8_t* to = image.pixels().data() + (y * image.stride());
    for (std::int64_t x = 0; x < header.width; ++x, at += header.bits / 8, to += 3) {
      const std::uint32_t pixel = header.bits == 16 ? little16(file, at) : little32(file, at);
      for (std::size_t c = 0; c < 3; ++c) {
        to[c] = (*fields)[c].of(pixel);
      }
    }
  }
  return {};
}

void read_24(Bytes file, const Header& header, Image& image) {
  for (std::size_t y = 0; y < static_cast<std::size_t>(header.height); ++y) {
    const std::size_t stored =
        header.top_down ? y : static_cast<std::size_t>(header.height) - 1 - y;
    const std::uint8_t* from = as_uint8(file) + header.pixels_at + (stored * header.row_bytes);
    std::uint8_t* to = image.pixels().data() + (y * image.stride());
    for (std::int64_t x = 0; x < header.width; ++x, from += 3, to += 3) {
      to[0] = from[2];
      to[1] = from[1];
      to[2] = from[0];
    }
  }
}

Result<std::vector<Colour>> read_palette(Bytes file, const Header& header) {
  const std::size_t most = std::size_t{1} << header.bits;
  const std::size_t count = header.colours == 0 ? most : header.colours;
  const std::size_t begin = kFileHeader + header.size;
  if (count > most || header.pixels_at < begin + (count * 4)) {
    return base::fail(ErrorCode::kMalformed,
                      "BMP is corrupt: a palette of {} colours at {} bits a pixel and {} bytes",
                      count, header.bits, header.pixels_at - begin);
  }
  std::vector<Colour> palette(count);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t at = begin + (i * 4);
    palette[i] = {byte_at(file, at + 2), byte_at(file, at + 1), byte_at(file, at)};
  }
  return palette;
}

Result<void> read_indexed(Bytes file, const Header& header, Image& image) {
  const auto palette = read_palette(file, header);
  if (!palette) {
    return tl::unexpected(palette.error());
  }
  const unsigned per_byte = 8 / header.bits;
  const unsigned mask = (1U << header.bits) - 1;
  for (std::size_t y = 0; y < static_cast<std::size_t>(header.height); ++y) {
    const std::size_t stored =
        header.top_down ? y : static_cast<std::size_t>(header.height) - 1 - y;
    const std::size_t row = header.pixels_at + (stored * header.row_bytes);
    std::uint8_t* to = image.pixels().data() + (y * image.stride());
    for (std::size_t x = 0; x < static_cast<std::size_t>(header.width); ++x, to += 3) {
      // The leftmost pixel is in the highest bits.
      const unsigned shift = (per_byte - 1 - (static_cast<unsigned>(x) % per_byte)) * header.bits;
      const unsigned packed = byte_at(file, row + (x / per_byte));
      const unsigned index = (packed >> shift) & mask;
      if (index >= palette->size()) {
        return base::fail(ErrorCode::kMalformed,
                          "BMP is corrupt: colour {} of a palette of {} at row {}, column {}",
                          index, palette->size(), y, x);
      }
      std::copy((*palette)[index].begin(), (*palette)[index].end(), to);
    }
  }
  return {};
}

}  // namespace

Result<Image> decode_bmp(Bytes file, const DecodeLimits& limits) {
  const auto header = read_header(file, limits);
  if (!header) {
    return tl::unexpected(header.error());
  }
  Image image(static_cast<int>(header->width), static_cast<int>(header->height), PixelFormat::kRgb,
              limits.memory);
  Result<void> read;
  if (header->bits == 24) {
    read_24(file, *header, image);
  } else if (header->bits > 8) {
    read = read_packed(file, *header, image);
  } else {
    read = read_indexed(file, *header, image);
  }
  if (!read) {
    return tl::unexpected(std::move(read).error());
  }
  return image;
}

}  // namespace yolofleet::image
