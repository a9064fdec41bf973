#pragma once

#include <cstdint>

#include "image/huffman.hpp"

namespace yolofleet::image {

/// The blocks of a baseline scan's MCUs (T.81, A.2), and the tables of each.
struct ScanShape {
  std::uint32_t mcus = 0;
  std::uint8_t blocks = 0;     ///< of an MCU, 1 to 6
  std::uint8_t dc_tables = 0;  ///< bit i: block i of an MCU has DC table 1, not 0
  std::uint8_t ac_tables = 0;
};

/// Where a walk stands, at the first bit of a code. Without initial values, so that it can lie in
/// the shared memory of a kernel.
struct ScanPlace {
  std::uint32_t bit;
  std::uint8_t block;        ///< of the MCU
  std::uint8_t coefficient;  ///< the next in zigzag order

  YOLOFLEET_HOST_DEVICE bool operator==(const ScanPlace& other) const {
    return bit == other.bit && block == other.block && coefficient == other.coefficient;
  }
};

/// What a walk has passed.
struct ScanWalked {
  std::uint32_t blocks = 0;  ///< whose last code it has passed
  bool good = true;          ///< all bits were codes, and no block had more than 64 coefficients
};

/// Passes the codes of a scan without decoding them: their values stay unknown. Kernels use it,
/// too.
struct ScanWalker {
  ScanShape shape;
  const HuffmanTable* tables = nullptr;  ///< DC 0, DC 1, AC 0, AC 1
  /// The scan's data without stuffed bytes and restart markers, from an address that is divisible
  /// by four; 8 bytes more can be read.
  const std::uint32_t* data = nullptr;

  /// The 16 bits at `bit`.
  YOLOFLEET_HOST_DEVICE std::uint32_t bits_at(std::uint32_t bit) const {
    const std::uint32_t* const at = data + bit / 32;
    const std::uint64_t both = std::uint64_t{big_endian(at[0])} << 32 | big_endian(at[1]);
    return static_cast<std::uint32_t>(both >> (48 - bit % 32)) & 0xFFFFU;
  }

  /// Walks on from `place` to the first code at bit `end` or later, or until `most` blocks have
  /// ended. Bits that are no code are passed one by one, as at the begin of an MCU.
  YOLOFLEET_HOST_DEVICE ScanWalked walk(ScanPlace& place, std::uint32_t end,
                                        std::uint32_t most) const {
    ScanWalked walked;
    while (place.bit < end && walked.blocks < most) {
      const bool is_dc = place.coefficient == 0;
      const int table = (is_dc ? shape.dc_tables : shape.ac_tables) >> place.block & 1;
      const auto [length, symbol] = tables[(is_dc ? 0 : 2) + table].look_up(bits_at(place.bit));
      const int next = length == 0 ? kNone : next_coefficient(place.coefficient, symbol);
      if (next == kNone) {
        walked.good = false;
        place = {place.bit + 1, 0, 0};
        continue;
      }
      place.bit += static_cast<std::uint32_t>(length + (symbol & 15));
      place.coefficient = static_cast<std::uint8_t>(next % kCoefficients);
      if (next == kCoefficients) {
        ++walked.blocks;
        place.block =
            static_cast<std::uint8_t>(place.block + 1 == shape.blocks ? 0 : place.block + 1);
      }
    }
    return walked;
  }

 private:
  static constexpr int kCoefficients = 64;
  static constexpr int kNone = -1;

  /// The coefficient after the one that the symbol is for; 64: the block has ended.
  YOLOFLEET_HOST_DEVICE static int next_coefficient(int coefficient, int symbol) {
    if (coefficient == 0) {
      return 1;
    }
    const int run = symbol >> 4;
    if ((symbol & 15) == 0 && run != 15) {
      return kCoefficients;  // EOB; libjpeg takes runs of 1 to 14 without a value for it, too
    }
    const int next = coefficient + run + 1;
    return next <= kCoefficients ? next : kNone;
  }

  YOLOFLEET_HOST_DEVICE static std::uint32_t big_endian(std::uint32_t word) {
#ifdef __CUDA_ARCH__
    return __byte_perm(word, 0, 0x0123);
#else
    return __builtin_bswap32(word);
#endif
  }
};

}  // namespace yolofleet::image
