#pragma once

#include <cstdint>

#include "base/host_device.hpp"

namespace yolofleet::image {

/// A Huffman table of a baseline JPEG file, ready to find the symbols of codes. Codes are up to 16
/// bits long (T.81, annex C). Kernels use it, too.
struct HuffmanTable {
  static constexpr int kLongest = 16;
  static constexpr int kFastBits = 9;
  static constexpr int kFastEntries = 1 << kFastBits;

  /// A code and its symbol. `length` 0: the bits begin with no code.
  struct Code {
    int length;
    int symbol;
  };

  const std::uint8_t* symbols;  ///< in the file; 0 to 255 of them, ordered by their codes
  /// limits[n]: 16 bits below it begin with a code of at most n bits, if not with a shorter one.
  std::uint32_t limits[kLongest + 1];  // NOLINT(modernize-avoid-c-arrays): kernels have no others
  /// The symbol of a code of n bits is symbols[code + offsets[n]].
  std::int32_t offsets[kLongest + 1];  // NOLINT(modernize-avoid-c-arrays)
  /// Of the first kFastBits bits: 256 * length + symbol; 0: a longer code, or none.
  std::uint16_t fast[kFastEntries];  // NOLINT(modernize-avoid-c-arrays)

  /// Fills in all but `fast`. `counts`: the table in the file, its 16 numbers of codes and then its
  /// symbols; null: there are no codes. Precondition: the codes fit into 16 bits, as those of a
  /// file with a JpegHeader do.
  YOLOFLEET_HOST_DEVICE void set(const std::uint8_t* counts) {
    symbols = counts == nullptr ? nullptr : counts + kLongest;
    std::uint32_t code = 0;
    std::int32_t before = 0;
    limits[0] = 0;
    offsets[0] = 0;
    for (int length = 1; length <= kLongest; ++length) {
      const int count = counts == nullptr ? 0 : counts[length - 1];
      offsets[length] = before - static_cast<std::int32_t>(code);
      code += static_cast<std::uint32_t>(count);
      before += count;
      limits[length] = code << (kLongest - length);
      code <<= 1;
    }
  }

  /// Fills in fast[i] for i = first, first + step, ...
  YOLOFLEET_HOST_DEVICE void fill_fast(int first, int step) {
    for (int i = first; i < kFastEntries; i += step) {
      const Code code = find(static_cast<std::uint32_t>(i) << (kLongest - kFastBits));
      const bool is_short = code.length > 0 && code.length <= kFastBits;
      fast[i] = static_cast<std::uint16_t>(is_short ? 256 * code.length + code.symbol : 0);
    }
  }

  /// The code that the 16 bits begin with. Needs `fast`.
  YOLOFLEET_HOST_DEVICE Code look_up(std::uint32_t bits) const {
    const int entry = fast[bits >> (kLongest - kFastBits)];
    return entry != 0 ? Code{entry >> 8, entry & 255} : find(bits);
  }

 private:
  YOLOFLEET_HOST_DEVICE Code find(std::uint32_t bits) const {
    for (int length = 1; length <= kLongest; ++length) {
      if (bits < limits[length]) {
        const auto code = static_cast<std::int32_t>(bits >> (kLongest - length));
        return {length, symbols[code + offsets[length]]};
      }
    }
    return {0, 0};
  }
};

}  // namespace yolofleet::image
