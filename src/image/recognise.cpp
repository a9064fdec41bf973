#include "image/recognise.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace yolofleet::image {
namespace {

using namespace std::string_view_literals;

/// A file with the bytes `magic` at `offset` is a `name`.
struct Signature {
  std::string_view name;
  std::size_t offset;
  std::string_view magic;
};

constexpr std::array kOthers{
    Signature{"GIF", 0, "GIF8"sv},
    Signature{"TIFF", 0, "II*\0"sv},
    Signature{"TIFF", 0, "MM\0*"sv},
    Signature{"TIFF", 0, "II+\0"sv},
    Signature{"TIFF", 0, "MM\0+"sv},
    Signature{"AVIF", 4, "ftypavif"sv},
    Signature{"AVIF", 4, "ftypavis"sv},
    Signature{"HEIC", 4, "ftyphei"sv},
    Signature{"HEIC", 4, "ftyphev"sv},
    Signature{"HEIC", 4, "ftypmif1"sv},
    Signature{"HEIC", 4, "ftypmsf1"sv},
    Signature{"a video (MP4 or QuickTime)", 4, "ftyp"sv},
    Signature{"a video (Matroska or WebM)", 0, "\x1A\x45\xDF\xA3"sv},
    Signature{"a video (AVI)", 8, "AVI "sv},
    Signature{"JPEG 2000", 0, "\0\0\0\x0CjP  "sv},
    Signature{"JPEG 2000", 0, "\xFF\x4F\xFF\x51"sv},
    Signature{"JPEG XL", 0, "\xFF\x0A"sv},
    Signature{"JPEG XL", 0, "\0\0\0\x0CJXL "sv},
    Signature{"Photoshop", 0, "8BPS"sv},
    Signature{"ICO", 0, "\0\0\1\0"sv},
    Signature{"PDF", 0, "%PDF-"sv},
    Signature{"OpenEXR", 0, "\x76\x2F\x31\x01"sv},
    Signature{"ZIP", 0, "PK\3\4"sv},
    Signature{"gzip", 0, "\x1F\x8B"sv},
};

bool has(Bytes file, std::size_t offset, std::string_view magic) {
  if (file.size() < offset + magic.size()) {
    return false;
  }
  return std::equal(magic.begin(), magic.end(), file.begin() + static_cast<std::ptrdiff_t>(offset),
                    [](char a, std::byte b) { return static_cast<std::byte>(a) == b; });
}

/// Whether the beginning of a file holds only bytes that ASCII or UTF-8 text can hold.
/// Precondition: it holds at least one byte.
bool looks_like_text(Bytes file) {
  const Bytes beginning = file.first(std::min<std::size_t>(file.size(), 512));
  // A text can't begin in the middle of a character.
  const auto first = std::to_integer<unsigned>(beginning.front());
  return (first < 0x80 || first >= 0xC2) &&
         std::all_of(beginning.begin(), beginning.end(), [](std::byte byte) {
           const auto value = std::to_integer<unsigned>(byte);
           return (value >= 0x20 && value != 0x7F && value < 0xF8) ||
                  (value >= 0x09 && value <= 0x0D);
         });
}

}  // namespace

Kind recognise(Bytes file) {
  if (has(file, 0, "\xFF\xD8\xFF"sv)) {
    return Kind::kJpeg;
  }
  if (has(file, 0, "\x89PNG\r\n\x1A\n"sv)) {
    return Kind::kPng;
  }
  if (has(file, 0, "RIFF"sv) && has(file, 8, "WEBP"sv)) {
    return Kind::kWebp;
  }
  // "BM" alone may begin a text, but no text holds the four zeros that follow in a bitmap.
  if (has(file, 0, "BM"sv) && !looks_like_text(file)) {
    return Kind::kBmp;
  }
  return Kind::kOther;
}

std::string describe_other(Bytes file) {
  for (const Signature& known : kOthers) {
    if (has(file, known.offset, known.magic)) {
      return fmt::format("looks like {}", known.name);
    }
  }
  if (looks_like_text(file)) {
    return "looks like text";
  }
  std::string first;
  for (const std::byte byte : file.first(std::min<std::size_t>(file.size(), 4))) {
    first += fmt::format(" {:02x}", std::to_integer<unsigned>(byte));
  }
  return "is of no known format (its first bytes:" + first + ")";
}

}  // namespace yolofleet::image
