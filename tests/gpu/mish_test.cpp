#include <algorithm>
#include <cmath>
#include <iterator>
#include <random>

#include "gpu/devices.hpp"
#include "graph/activation.hpp"
#include "ops/mish_cuda.hpp"

namespace yolofleet::ops {
namespace {

class MishCuda : public testing::GpuTest {};

std::vector<float> numbers(std::size_t count) {
  std::mt19937 random{static_cast<unsigned>(count)};
  std::normal_distribution<float> normal{0.0F, 8.0F};
  std::vector<float> values(count);
  for (float& value : values) {
    value = normal(random);
  }
  const float edges[] = {0.0F, -0.0F, 20.0F, 21.0F, 88.0F, 1000.0F, -20.0F, -88.0F, -1000.0F};
  for (std::size_t i = 0; i < std::min(count, std::size(edges)); ++i) {
    values[i] = edges[i];
  }
  return values;
}

/// Relative to the value, and to the least that a result is of interest at.
float tolerance(float expected, float relative) {
  return relative * (std::abs(expected) + 1e-3F);
}

const std::size_t kCounts[] = {1, 3, 4, 7, 8, 9, 255, 1024, 100'003, 3'000'000};

TEST_F(MishCuda, FloatIsTheFormula) {
  for (const std::size_t count : kCounts) {
    const std::vector<float> input = numbers(count);
    const auto source = testing::on_device(device(), input);
    const auto target = testing::poisoned(device(), count * sizeof(float));
    const cuda::DeviceGuard guard{device()};
    enqueue_mish(source.as<float>(), target.as<float>(), count, nullptr);
    const auto output = testing::on_host<float>(device(), target, count);
    for (std::size_t i = 0; i < count; ++i) {
      const float expected = activate(graph::Activation::kMish, input[i]);
      ASSERT_NEAR(output[i], expected, tolerance(expected, 2e-6F)) << input[i];
    }
  }
}

TEST_F(MishCuda, HalfIsTheFormulaRounded) {
  for (const std::size_t count : kCounts) {
    std::vector<__half> input;
    for (const float value : numbers(count)) {
      input.push_back(__float2half_rn(value));
    }
    const auto source = testing::on_device(device(), input);
    const auto target = testing::poisoned(device(), count * sizeof(__half));
    const cuda::DeviceGuard guard{device()};
    enqueue_mish(source.as<__half>(), target.as<__half>(), count, nullptr);
    const auto output = testing::on_host<__half>(device(), target, count);
    for (std::size_t i = 0; i < count; ++i) {
      const float expected = activate(graph::Activation::kMish, __half2float(input[i]));
      ASSERT_NEAR(__half2float(output[i]), expected, tolerance(expected, 1e-3F))
          << __half2float(input[i]);
    }
  }
}

TEST_F(MishCuda, MisalignedMemoryAndInPlaceWork) {
  const std::size_t count = 1001;
  const std::vector<float> input = numbers(count);
  const auto memory = testing::on_device(device(), input);
  const cuda::DeviceGuard guard{device()};
  float* const odd = memory.as<float>() + 1;
  enqueue_mish(odd, odd, count - 1, nullptr);
  const auto output = testing::on_host<float>(device(), memory, count);
  EXPECT_EQ(output[0], input[0]) << "what lies before must be left alone";
  for (std::size_t i = 1; i < count; ++i) {
    const float expected = activate(graph::Activation::kMish, input[i]);
    ASSERT_NEAR(output[i], expected, tolerance(expected, 2e-6F));
  }
}

}  // namespace
}  // namespace yolofleet::ops
