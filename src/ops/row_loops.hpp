#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace yolofleet::ops {

/// Two rows of chroma, of which `near` counts three times and `far` once.
struct ChromaRows {
  const std::uint8_t* near = nullptr;
  const std::uint8_t* far = nullptr;
};

/// Pairs of neighbouring samples of luma and chroma; the first of a pair is at bit `first`, 0 or 8,
/// the second at bit 8 - `first`.
struct SamplePairs {
  const std::uint16_t* luma = nullptr;
  const std::uint16_t* cb = nullptr;
  const std::uint16_t* cr = nullptr;
  int first = 0;
};

/// The loops in which resizing spends its time, compiled for this CPU's vector instructions. All
/// versions give the same bits. `count` is the number of values in a row; outputs overlap nothing.
struct RowLoops {
  /// out = (1 - fraction) * first + fraction * second, with a fraction for each value.
  void (*mix)(const float* first, const float* second, const float* fractions, std::size_t count,
              float* out);
  /// The same with one fraction.
  void (*mix_rows)(const float* first, const float* second, float fraction, std::size_t count,
                   float* out);

  /// out = byte / 255, of the byte that begins at bit `shift` of each pixel.
  void (*channel)(const std::uint32_t* pixels, int shift, std::size_t count, float* out);
  /// The grey of pixels whose red begins at bit `red`, 0 or 16, and whose green at bit 8.
  void (*grey)(const std::uint32_t* pixels, int red, std::size_t count, float* out);

  /// RGB of the pairs, each mixed as `mix` does: three rows, one after the other.
  void (*jfif_mix)(const SamplePairs& pairs, const float* fractions, std::size_t count, float* out);
  /// Luma / 255, of the bytes at bit `shift`, 0 or 8.
  void (*luma)(const std::uint16_t* pairs, int shift, std::size_t count, float* out);
  /// RGB of JFIF's YCbCr: three rows, one after the other.
  void (*jfif)(const SamplePairs& pairs, int shift, std::size_t count, float* out);
  /// The grey of this RGB.
  void (*jfif_grey)(const SamplePairs& pairs, int shift, std::size_t count, float* out);

  /// Chroma interpolated as image::mixed_chroma does, from `count` samples. `sums` has room for
  /// `count` + 2 values, `out` for twice `count`; for 4:4:0, for `count`.
  void (*chroma_420)(const ChromaRows& rows, std::size_t count, std::int16_t* sums,
                     std::uint8_t* out);
  void (*chroma_422)(const ChromaRows& rows, std::size_t count, std::int16_t* sums,
                     std::uint8_t* out);
  void (*chroma_440)(const ChromaRows& rows, int rounding, std::size_t count, std::uint8_t* out);
};

/// The fastest loops for this CPU.
const RowLoops& row_loops();

/// All versions that this CPU runs: first the plain one, which every CPU runs, last the fastest.
std::span<const RowLoops> usable_row_loops();

/// byte / 255, rounded as by a division in double, which Darknet does. The first product is exact,
/// and the second is so small that its rounding doesn't matter: a test compares all 256 values.
inline float unit(int byte) noexcept {
  constexpr float kMost = 1.0F / 256;
  constexpr auto kRest = static_cast<float>(1.0 / 255 - 1.0 / 256);
  const auto value = static_cast<float>(byte);
  return value * kMost + value * kRest;
}

/// Grey as in Darknet's image reader.
inline int grey(int red, int green, int blue) noexcept {
  return (77 * red + 150 * green + 29 * blue) >> 8;
}

}  // namespace yolofleet::ops
