#include "image/exif.hpp"

#include <algorithm>
#include <string_view>

namespace yolofleet::image {
namespace {

constexpr int kAsStored = 1;
constexpr std::size_t kEntrySize = 12;
constexpr std::uint16_t kOrientationTag = 0x0112;
constexpr std::uint16_t kShort = 3;  // the TIFF type of the tag: 16 bits, unsigned

bool starts_with(Bytes bytes, std::string_view prefix) {
  return bytes.size() >= prefix.size() &&
         std::equal(prefix.begin(), prefix.end(), bytes.begin(),
                    [](char a, std::byte b) { return static_cast<std::byte>(a) == b; });
}

/// Reads the numbers of a TIFF block in the byte order that the block declares.
struct Tiff {
  Bytes bytes;
  bool big;

  std::uint16_t u16(std::size_t at) const { return big ? big16(bytes, at) : little16(bytes, at); }
  std::uint32_t u32(std::size_t at) const { return big ? big32(bytes, at) : little32(bytes, at); }
};

}  // namespace

int exif_orientation(Bytes block) {
  constexpr std::string_view kPrefix("Exif\0\0", 6);
  if (starts_with(block, kPrefix)) {
    block = block.subspan(kPrefix.size());
  }
  const bool big = starts_with(block, {"MM\0*", 4});
  if (block.size() < 8 || (!big && !starts_with(block, {"II*\0", 4}))) {
    return kAsStored;
  }
  const Tiff tiff{block, big};
  const std::size_t directory = tiff.u32(4);
  if (directory > block.size() - 2) {
    return kAsStored;
  }
  const std::size_t first = directory + 2;
  const std::size_t entries =
      std::min<std::size_t>(tiff.u16(directory), (block.size() - first) / kEntrySize);
  for (std::size_t i = 0; i < entries; ++i) {
    const std::size_t entry = first + (i * kEntrySize);
    if (tiff.u16(entry) == kOrientationTag) {
      const int value = tiff.u16(entry + 8);
      const bool valid = tiff.u16(entry + 2) == kShort && tiff.u32(entry + 4) == 1;
      return valid && value >= 1 && value <= 8 ? value : kAsStored;
    }
  }
  return kAsStored;
}

}  // namespace yolofleet::image
