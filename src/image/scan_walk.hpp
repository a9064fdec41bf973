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

/// The result of a walk.
struct ScanWalked {
  std::uint32_t blocks = 0;  ///< whose last code it has passed
  bool good = true;          ///< all bits were codes, and no block had more than 64 coefficients
};

/// The bits of a scan from a place on. It reads words ahead, so that a kernel doesn't wait for
/// them.
class ScanBits {
 public:
  /// `data`: as of ScanWalker.
  YOLOFLEET_HOST_DEVICE ScanBits(const std::uint32_t* data, std::uint32_t bit)
      : next_(data + bit / 32), at_(bit % 32) {
    first_ = big_endian(*next_++);
    second_ = big_endian(*next_++);
    third_ = big_endian(*next_++);
  }

  /// The next 16 bits.
  YOLOFLEET_HOST_DEVICE std::uint32_t next_16() const {
    const std::uint64_t both = std::uint64_t{first_} << 32 | second_;
    return static_cast<std::uint32_t>(both >> (48 - at_)) & 0xFFFFU;
  }

  /// Passes up to 32 bits.
  YOLOFLEET_HOST_DEVICE void pass(std::uint32_t bits) {
    at_ += bits;
    if (at_ >= 32) {
      at_ -= 32;
      first_ = second_;
      second_ = third_;
      third_ = big_endian(*next_++);
    }
  }

 private:
  YOLOFLEET_HOST_DEVICE static std::uint32_t big_endian(std::uint32_t word) {
#ifdef __CUDA_ARCH__
    return __byte_perm(word, 0, 0x0123);
#else
    return __builtin_bswap32(word);
#endif
  }

  const std::uint32_t* next_;
  std::uint32_t at_;  // in first_
  std::uint32_t first_;
  std::uint32_t second_;
  std::uint32_t third_;
};

/// Passes the codes of a scan without decoding them: their values stay unknown. Kernels use it,
/// too.
struct ScanWalker {
  /// Words after the last one of the data that are read, too. Their values don't matter.
  static constexpr std::uint32_t kWordsBehind = 4;

  ScanShape shape;
  const HuffmanTable* tables = nullptr;  ///< DC 0, DC 1, AC 0, AC 1
  /// The scan's data without stuffed bytes and restart markers.
  const std::uint32_t* data = nullptr;

  /// Walks on from `place` to the first code at bit `end` or later, or until `most` blocks have
  /// ended. Bits that are no code are passed one by one, as at the begin of an MCU.
  YOLOFLEET_HOST_DEVICE ScanWalked walk(ScanPlace& place, std::uint32_t end,
                                        std::uint32_t most) const {
    ScanWalked walked;
    ScanBits bits{data, place.bit};
    std::uint32_t bit = place.bit;
    int block = place.block;
    int coefficient = place.coefficient;
    while (bit < end && walked.blocks < most) {
      const bool is_dc = coefficient == 0;
      const int table = (is_dc ? shape.dc_tables : shape.ac_tables) >> block & 1;
      const HuffmanTable::Code code = tables[(is_dc ? 0 : 2) + table].look_up(bits.next_16());
      // Choices, not jumps: the threads of a warp stay together.
      const int next = coefficient + code.coefficients;
      const bool ends = next == kCoefficients || next >= HuffmanTable::kEndOfBlock;
      const bool wrong = code.bits == 0 || (next > kCoefficients && !ends);
      const int next_block = block + 1 == shape.blocks ? 0 : block + 1;
      const auto passed = static_cast<std::uint32_t>(wrong ? 1 : code.bits);
      bit += passed;
      bits.pass(passed);
      walked.good = walked.good && !wrong;
      walked.blocks += ends ? 1U : 0U;
      block = wrong ? 0 : ends ? next_block : block;
      coefficient = wrong || ends ? 0 : next;
    }
    place.bit = bit;
    place.block = static_cast<std::uint8_t>(block);
    place.coefficient = static_cast<std::uint8_t>(coefficient);
    return walked;
  }

  /// Whether the walk from `place` passes exactly `blocks` blocks, all of codes, and ends in the
  /// last byte before bit `end`.
  YOLOFLEET_HOST_DEVICE bool passes(ScanPlace place, std::uint32_t end,
                                    std::uint32_t blocks) const {
    const ScanWalked walked = walk(place, end, blocks);
    return walked.good && walked.blocks == blocks && place.bit <= end && place.bit + 8 > end;
  }

 private:
  static constexpr int kCoefficients = 64;
};

}  // namespace yolofleet::image
