#include "ops/row_loops.hpp"

#include <vector>

#if defined(__x86_64__) && defined(__GNUC__)
#define YOLOFLEET_X86
#endif

// Loops without branches and with 16-bit products: GCC and Clang make vector instructions of them.
// Each is written once, and is inlined into a function for every instruction set.
#define YOLOFLEET_LOOP [[gnu::always_inline]] inline

namespace yolofleet::ops {
namespace {

YOLOFLEET_LOOP void mix(const float* first, const float* second, const float* fractions,
                        std::size_t count, float* __restrict out) {
  for (std::size_t i = 0; i < count; ++i) {
    out[i] = (1.0F - fractions[i]) * first[i] + fractions[i] * second[i];
  }
}

YOLOFLEET_LOOP void mix_rows(const float* first, const float* second, float fraction,
                             std::size_t count, float* __restrict out) {
  const float rest = 1.0F - fraction;
  for (std::size_t i = 0; i < count; ++i) {
    out[i] = rest * first[i] + fraction * second[i];
  }
}

YOLOFLEET_LOOP int byte_of(std::uint32_t pixel, int shift) noexcept {
  return static_cast<int>((pixel >> shift) & 255U);
}

YOLOFLEET_LOOP void channel(const std::uint32_t* pixels, int shift, std::size_t count,
                            float* __restrict out) {
  for (std::size_t i = 0; i < count; ++i) {
    out[i] = unit(byte_of(pixels[i], shift));
  }
}

YOLOFLEET_LOOP void grey_of_pixels(const std::uint32_t* pixels, int red, std::size_t count,
                                   float* __restrict out) {
  for (std::size_t i = 0; i < count; ++i) {
    out[i] =
        unit(grey(byte_of(pixels[i], red), byte_of(pixels[i], 8), byte_of(pixels[i], 16 - red)));
  }
}

struct Colour {
  std::int16_t red;
  std::int16_t green;
  std::int16_t blue;
};

/// value * factor / 65536, rounded to the nearest, halves up. The instruction that multiplies 16
/// bits and keeps the high half rounds down: so of twice the value, and then halved.
YOLOFLEET_LOOP std::int16_t part(std::int16_t value, std::int16_t factor) noexcept {
  const auto twice = static_cast<std::int16_t>(2 * value);
  const auto high = static_cast<std::int16_t>((twice * factor) >> 16);
  return static_cast<std::int16_t>((high + 1) >> 1);
}

/// The same of a sum of two products.
YOLOFLEET_LOOP std::int16_t part(int sum) noexcept {
  return static_cast<std::int16_t>((sum + (1 << 15)) >> 16);
}

YOLOFLEET_LOOP std::int16_t to_byte(int value) noexcept {
  const auto narrow = static_cast<std::int16_t>(value);
  const std::int16_t positive = narrow < 0 ? std::int16_t{0} : narrow;
  return positive > 255 ? std::int16_t{255} : positive;
}

YOLOFLEET_LOOP std::int16_t sample(std::uint16_t pair, int shift) noexcept {
  return static_cast<std::int16_t>((pair >> shift) & 255);
}

/// image::rgb_of for JFIF. Its factors are split into multiples of 65536 and a rest of 15 bits, so
/// that 16 bits can be multiplied: 1.402 = 1 + 0.402, 0.71414 = 1 - 0.28586, 1.772 = 2 - 0.228.
YOLOFLEET_LOOP Colour colour(const SamplePairs& pairs, int shift, std::size_t i) noexcept {
  constexpr std::int16_t kRedCr = 26345;
  constexpr std::int16_t kGreenCb = -22554;
  constexpr std::int16_t kGreenCr = 18734;
  constexpr std::int16_t kBlueCb = -14942;
  const std::int16_t luma = sample(pairs.luma[i], shift);
  const auto cb = static_cast<std::int16_t>(sample(pairs.cb[i], shift) - 128);
  const auto cr = static_cast<std::int16_t>(sample(pairs.cr[i], shift) - 128);
  return {to_byte(luma + cr + part(cr, kRedCr)),
          to_byte(luma - cr + part(cb * kGreenCb + cr * kGreenCr)),
          to_byte(luma + 2 * cb + part(cb, kBlueCb))};
}

YOLOFLEET_LOOP void luma(const std::uint16_t* pairs, int shift, std::size_t count,
                         float* __restrict out) {
  for (std::size_t i = 0; i < count; ++i) {
    out[i] = unit(sample(pairs[i], shift));
  }
}

YOLOFLEET_LOOP void jfif(const SamplePairs& pairs, int shift, std::size_t count, float* out) {
  const SamplePairs from = pairs;
  float* __restrict const red = out;
  float* __restrict const green = out + count;
  float* __restrict const blue = out + 2 * count;
  for (std::size_t i = 0; i < count; ++i) {
    const Colour rgb = colour(from, shift, i);
    red[i] = unit(rgb.red);
    green[i] = unit(rgb.green);
    blue[i] = unit(rgb.blue);
  }
}

YOLOFLEET_LOOP float mixed(int first, int second, float fraction) noexcept {
  return (1.0F - fraction) * unit(first) + fraction * unit(second);
}

YOLOFLEET_LOOP void jfif_mix(const SamplePairs& pairs, const float* fractions, std::size_t count,
                             float* out) {
  const SamplePairs from = pairs;
  float* __restrict const red = out;
  float* __restrict const green = out + count;
  float* __restrict const blue = out + 2 * count;
  for (std::size_t i = 0; i < count; ++i) {
    const Colour first = colour(from, from.first, i);
    const Colour second = colour(from, 8 - from.first, i);
    const float fraction = fractions[i];
    red[i] = mixed(first.red, second.red, fraction);
    green[i] = mixed(first.green, second.green, fraction);
    blue[i] = mixed(first.blue, second.blue, fraction);
  }
}

YOLOFLEET_LOOP void jfif_grey(const SamplePairs& pairs, int shift, std::size_t count,
                              float* __restrict out) {
  const SamplePairs from = pairs;
  for (std::size_t i = 0; i < count; ++i) {
    const Colour rgb = colour(from, shift, i);
    out[i] = unit(grey(rgb.red, rgb.green, rgb.blue));
  }
}

/// The summands for rounding at even and odd columns, and the shift of the sums in bits.
struct Rounding {
  int even;
  int odd;
  int bits;
};

/// `sums`: the samples, with room for one more on either side.
YOLOFLEET_LOOP void widen(std::int16_t* sums, const Rounding& rounding, std::size_t count,
                          std::uint8_t* __restrict out) {
  sums[-1] = sums[0];
  sums[count] = sums[count - 1];
  const auto even = static_cast<std::int16_t>(rounding.even);
  const auto odd = static_cast<std::int16_t>(rounding.odd);
  const int bits = rounding.bits;
  for (std::size_t i = 0; i < count; ++i) {
    const auto near = static_cast<std::int16_t>(3 * sums[i]);
    const auto left = static_cast<std::int16_t>(near + sums[i - 1] + even);
    const auto right = static_cast<std::int16_t>(near + sums[i + 1] + odd);
    out[2 * i] = static_cast<std::uint8_t>(left >> bits);
    out[2 * i + 1] = static_cast<std::uint8_t>(right >> bits);
  }
}

YOLOFLEET_LOOP void chroma_420(const ChromaRows& rows, std::size_t count, std::int16_t* sums,
                               std::uint8_t* out) {
  const ChromaRows from = rows;
  std::int16_t* __restrict const inner = sums + 1;
  for (std::size_t i = 0; i < count; ++i) {
    inner[i] = static_cast<std::int16_t>(3 * from.near[i] + from.far[i]);
  }
  widen(inner, {8, 7, 4}, count, out);
}

YOLOFLEET_LOOP void chroma_422(const ChromaRows& rows, std::size_t count, std::int16_t* sums,
                               std::uint8_t* out) {
  const std::uint8_t* const from = rows.near;
  std::int16_t* __restrict const inner = sums + 1;
  for (std::size_t i = 0; i < count; ++i) {
    inner[i] = from[i];
  }
  widen(inner, {1, 2, 2}, count, out);
}

YOLOFLEET_LOOP void chroma_440(const ChromaRows& rows, int rounding, std::size_t count,
                               std::uint8_t* __restrict out) {
  const ChromaRows from = rows;
  for (std::size_t i = 0; i < count; ++i) {
    out[i] = static_cast<std::uint8_t>((3 * from.near[i] + from.far[i] + rounding) >> 2);
  }
}

template <template <auto> typename Version>
constexpr RowLoops versions() {
  return {Version<mix>::run,        Version<mix_rows>::run,
          Version<channel>::run,    Version<grey_of_pixels>::run,
          Version<jfif_mix>::run,   Version<luma>::run,
          Version<jfif>::run,       Version<jfif_grey>::run,
          Version<chroma_420>::run, Version<chroma_422>::run,
          Version<chroma_440>::run};
}

template <auto kLoop>
struct Plain;
template <typename... Arguments, void (*kLoop)(Arguments...)>
struct Plain<kLoop> {
  static void run(Arguments... arguments) { kLoop(arguments...); }
};

#ifdef YOLOFLEET_X86
template <auto kLoop>
struct Avx2;
template <typename... Arguments, void (*kLoop)(Arguments...)>
struct Avx2<kLoop> {
  [[gnu::target("avx2")]] static void run(Arguments... arguments) { kLoop(arguments...); }
};

template <auto kLoop>
struct Avx512;
template <typename... Arguments, void (*kLoop)(Arguments...)>
struct Avx512<kLoop> {
  [[gnu::target("avx512bw,avx512vl")]] static void run(Arguments... arguments) {
    kLoop(arguments...);
  }
};

/// With AVX2's loops for chroma: GCC makes slower ones of them for 512 bits.
constexpr RowLoops avx512() {
  constexpr RowLoops kAvx2 = versions<Avx2>();
  RowLoops loops = versions<Avx512>();
  loops.chroma_420 = kAvx2.chroma_420;
  loops.chroma_422 = kAvx2.chroma_422;
  loops.chroma_440 = kAvx2.chroma_440;
  return loops;
}
#endif

std::vector<RowLoops> find_usable() {
  std::vector<RowLoops> usable{versions<Plain>()};
#ifdef YOLOFLEET_X86
  if (__builtin_cpu_supports("avx2") != 0) {
    usable.push_back(versions<Avx2>());
    if (__builtin_cpu_supports("avx512bw") != 0 && __builtin_cpu_supports("avx512vl") != 0) {
      usable.push_back(avx512());
    }
  }
#endif
  return usable;
}

}  // namespace

std::span<const RowLoops> usable_row_loops() {
  static const std::vector<RowLoops> usable = find_usable();
  return usable;
}

const RowLoops& row_loops() {
  static const RowLoops& fastest = usable_row_loops().back();
  return fastest;
}

}  // namespace yolofleet::ops
