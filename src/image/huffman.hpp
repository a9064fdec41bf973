#pragma once

#include <cstdint>

#include "base/host_device.hpp"

namespace yolofleet::image {

/// A Huffman table of a baseline JPEG file, ready to pass the codes of blocks without decoding
/// their values. Codes are up to 16 bits long (T.81, annex C). Kernels use it, too, in shared
/// memory.
struct HuffmanTable {
  static constexpr int kLongest = 16;
  static constexpr int kMostSymbols = 256;
  static constexpr int kDefinition = kLongest + kMostSymbols;
  static constexpr int kFastBits = 12;
  static constexpr int kFastEntries = 1 << kFastBits;
  static constexpr int kEndOfBlock = 128;

  /// A Huffman code and the coefficients of its block that it tells.
  struct Code {
    int bits;          ///< of the code and of the value after it; 0: there is no such code
    int coefficients;  ///< whose values are known then: 1 to 16; or kEndOfBlock: all of the block
  };

  /// As in the file (T.81, B.2.4.2): the numbers of codes with 1 to 16 bits, then the symbols,
  /// ordered by their codes. What comes after them is never used.
  std::uint8_t definition[kDefinition];  // NOLINT(modernize-avoid-c-arrays): kernels have no others
  bool is_dc;
  /// limits[n]: 16 bits below it begin with a code of at most n bits. They don't fall.
  std::uint32_t limits[kLongest + 1];  // NOLINT(modernize-avoid-c-arrays)
  /// The symbol of a code of n bits is the one with the number code + offsets[n].
  std::int32_t offsets[kLongest + 1];  // NOLINT(modernize-avoid-c-arrays)
  /// Of the first kFastBits bits: 256 * bits + coefficients of a Code; 0: a longer code, or none.
  /// A warp waits for each of its threads that has a longer code, so few codes should be.
  std::uint16_t fast[kFastEntries];  // NOLINT(modernize-avoid-c-arrays)

  /// Fills in all but `fast`. Preconditions: `definition` is there (numbers of 0: no codes), and
  /// its codes fit into 16 bits, as those of a file with a JpegHeader do.
  YOLOFLEET_HOST_DEVICE void set(bool for_dc) {
    is_dc = for_dc;
    std::uint32_t code = 0;
    std::int32_t before = 0;
    limits[0] = 0;
    offsets[0] = 0;
    for (int length = 1; length <= kLongest; ++length) {
      const int count = definition[length - 1];
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
      const std::uint32_t bits = static_cast<std::uint32_t>(i) << (kLongest - kFastBits);
      const int length = length_of(bits, 1);
      const Code code = length <= kFastBits ? code_at(bits, length) : Code{0, 0};
      fast[i] = static_cast<std::uint16_t>(256 * code.bits + code.coefficients);
    }
  }

  /// The code that the 16 bits begin with. Needs `fast`.
  YOLOFLEET_HOST_DEVICE Code look_up(std::uint32_t bits) const {
    const int entry = fast[bits >> (kLongest - kFastBits)];
    return entry != 0 ? Code{entry >> 8, entry & 255}
                      : code_at(bits, length_of(bits, kFastBits + 1));
  }

 private:
  /// The length of the code that the 16 bits begin with, which has at least `shortest` bits; more
  /// than kLongest: there is none.
  YOLOFLEET_HOST_DEVICE int length_of(std::uint32_t bits, int shortest) const {
    int length = shortest;
    for (int shorter = shortest; shorter <= kLongest; ++shorter) {
      length += bits >= limits[shorter] ? 1 : 0;  // without a jump, which divides a warp
    }
    return length;
  }

  YOLOFLEET_HOST_DEVICE Code code_at(std::uint32_t bits, int length) const {
    if (length > kLongest) {
      return {0, 0};
    }
    const auto code = static_cast<std::int32_t>(bits >> (kLongest - length));
    const int symbol = definition[kLongest + code + offsets[length]];
    const int value_bits = symbol & 15;
    const int zeros = symbol >> 4;
    if (is_dc) {
      return {length + value_bits, 1};
    }
    // EOB; libjpeg takes runs of 1 to 14 without a value for it, too.
    const bool ends = value_bits == 0 && zeros != 15;
    return {length + value_bits, ends ? kEndOfBlock : zeros + 1};
  }
};

}  // namespace yolofleet::image
