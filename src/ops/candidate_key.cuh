#pragma once

#include <cstdint>

/// A candidate as a 64-bit key: class (14 bits), inverted confidence (31 bits), box number (19
/// bits). Sorting the keys groups the candidates by class, the strongest first; the order is
/// unique.
namespace yolofleet::ops {

inline constexpr int kBoxBits = 19;
inline constexpr int kConfidenceBits = 31;
inline constexpr int kClassBits = 14;
inline constexpr std::uint64_t kBoxMask = (std::uint64_t{1} << kBoxBits) - 1;
inline constexpr std::uint64_t kConfidenceMask = (std::uint64_t{1} << kConfidenceBits) - 1;
inline constexpr std::uint64_t kClassMask = (std::uint64_t{1} << kClassBits) - 1;
inline constexpr std::uint64_t kNoCandidate = ~std::uint64_t{0};

/// The bits of positive floats, as integers, have the order of the floats.
__device__ inline std::uint64_t candidate_key(int class_id, float confidence, int box) {
  const auto bits = static_cast<std::uint64_t>(__float_as_uint(confidence)) & kConfidenceMask;
  return (static_cast<std::uint64_t>(class_id) << (kConfidenceBits + kBoxBits)) |
         ((kConfidenceMask - bits) << kBoxBits) | static_cast<std::uint64_t>(box);
}

__device__ inline int class_of(std::uint64_t key) {
  return static_cast<int>(key >> (kConfidenceBits + kBoxBits));
}

__device__ inline float confidence_of(std::uint64_t key) {
  const std::uint64_t falling = (key >> kBoxBits) & kConfidenceMask;
  return __uint_as_float(static_cast<unsigned>(kConfidenceMask - falling));
}

/// A key of the same candidate for sorting over all classes: falling confidence, then box, then
/// class, as in the CPU version.
__device__ inline std::uint64_t rank_of(std::uint64_t key) {
  const std::uint64_t falling = (key >> kBoxBits) & kConfidenceMask;
  return (falling << (kClassBits + kBoxBits)) | ((key & kBoxMask) << kClassBits) |
         static_cast<std::uint64_t>(class_of(key));
}

/// The inverse of `rank_of`.
__device__ inline std::uint64_t key_of_rank(std::uint64_t rank) {
  const std::uint64_t falling = rank >> (kClassBits + kBoxBits);
  const std::uint64_t box = (rank >> kClassBits) & kBoxMask;
  return ((rank & kClassMask) << (kConfidenceBits + kBoxBits)) | (falling << kBoxBits) | box;
}

}  // namespace yolofleet::ops
