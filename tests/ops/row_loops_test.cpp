// The loops for each kind of vector instructions that this CPU has give the bits of those for any
// CPU.
#include "ops/row_loops.hpp"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace yolofleet::ops {
namespace {

template <typename T>
std::vector<T> noise(std::size_t count, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<T> values(count);
  for (T& value : values) {
    value = static_cast<T>(random());
  }
  return values;
}

std::vector<float> unit_noise(std::size_t count, unsigned seed) {
  std::vector<float> values;
  for (const std::uint16_t value : noise<std::uint16_t>(count, seed)) {
    values.push_back(static_cast<float>(value) / 65536);
  }
  return values;
}

// Counts around those of vectors, which leave a rest.
constexpr std::size_t kMost = 140;

template <typename Call>
void expect_same(const Call& call) {
  for (std::size_t count = 1; count <= kMost; ++count) {
    const auto expected = call(usable_row_loops().front(), count);
    for (const RowLoops& loops : usable_row_loops().subspan(1)) {
      EXPECT_EQ(call(loops, count), expected) << count;
    }
  }
}

TEST(RowLoops, Mix) {
  const auto first = unit_noise(kMost, 1);
  const auto second = unit_noise(kMost, 2);
  const auto fractions = unit_noise(kMost, 3);
  expect_same([&](const RowLoops& loops, std::size_t count) {
    std::vector<float> out(2 * count);
    loops.mix(first.data(), second.data(), fractions.data(), count, out.data());
    loops.mix_rows(first.data(), second.data(), 0.3F, count, out.data() + count);
    return out;
  });
}

TEST(RowLoops, Pixels) {
  const auto pixels = noise<std::uint32_t>(kMost, 4);
  expect_same([&](const RowLoops& loops, std::size_t count) {
    std::vector<float> out(3 * count);
    loops.channel(pixels.data(), 16, count, out.data());
    loops.grey(pixels.data(), 0, count, out.data() + count);
    loops.grey(pixels.data(), 16, count, out.data() + 2 * count);
    return out;
  });
}

TEST(RowLoops, Samples) {
  const auto luma = noise<std::uint16_t>(kMost, 5);
  const auto cb = noise<std::uint16_t>(kMost, 6);
  const auto cr = noise<std::uint16_t>(kMost, 7);
  const auto fractions = unit_noise(kMost, 8);
  expect_same([&](const RowLoops& loops, std::size_t count) {
    std::vector<float> out(16 * count);
    float* next = out.data();
    for (const int shift : {0, 8}) {
      const SamplePairs pairs{luma.data(), cb.data(), cr.data(), shift};
      loops.luma(luma.data(), shift, count, next);
      loops.jfif(pairs, shift, count, next + count);
      loops.jfif_grey(pairs, shift, count, next + 4 * count);
      loops.jfif_mix(pairs, fractions.data(), count, next + 5 * count);
      next += 8 * count;
    }
    return out;
  });
}

TEST(RowLoops, Chroma) {
  const auto near = noise<std::uint8_t>(kMost, 8);
  const auto far = noise<std::uint8_t>(kMost, 9);
  expect_same([&](const RowLoops& loops, std::size_t count) {
    const ChromaRows rows{near.data(), far.data()};
    std::vector<std::int16_t> sums(count + 2);
    std::vector<std::uint8_t> out(6 * count);
    loops.chroma_420(rows, count, sums.data(), out.data());
    loops.chroma_422(rows, count, sums.data(), out.data() + 2 * count);
    loops.chroma_440(rows, 1, count, out.data() + 4 * count);
    loops.chroma_440(rows, 2, count, out.data() + 5 * count);
    return out;
  });
}

TEST(Unit, IsTheQuotientRoundedOnce) {
  for (int byte = 0; byte < 256; ++byte) {
    EXPECT_EQ(unit(byte), static_cast<float>(byte / 255.0)) << byte;
  }
}

}  // namespace
}  // namespace yolofleet::ops
