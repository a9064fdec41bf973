// Mish in TensorRT's engines: by the plugin and by native layers, in both types, and in a
// vectorised layout, also with a number of channels that needs padding.

#include <array>
#include <cmath>
#include <iostream>
#include <random>

#include "gpu/devices.hpp"
#include "gpu/engine.hpp"
#include "gpu/mish_engine.hpp"
#include "ops/activation.hpp"

namespace yolofleet::backend::tensorrt {
namespace {

using testing::kMishOutput;
using testing::MishEngineOptions;
using testing::MishEngines;
using testing::MishLayout;

/// The tolerance between two ways to compute Mish, relative to the larger of its value and 1.
/// FP32: exponential and logarithm are approximations of a few last bits. FP16: native layers round
/// between softplus, tanh and product.
float mish_tolerance(bool half) {
  return half ? 4e-3F : 1e-5F;
}

/// Values of a tensor, in the order batch, channel, row, column.
std::vector<float> values_for(const std::array<int, 4>& shape, bool half) {
  std::mt19937 random{static_cast<unsigned>(shape[1])};
  std::normal_distribution<float> normal{0.0F, 6.0F};
  std::vector<float> values;
  for (int i = 0; i < shape[0] * shape[1] * shape[2] * shape[3]; ++i) {
    const float value = normal(random);
    values.push_back(half ? __half2float(__float2half_rn(value)) : value);
  }
  const std::array edges{0.0F, -0.0F, 10.0F, 12.0F, 20.0F, 21.0F, 100.0F, -12.0F, -20.0F, -100.0F};
  std::copy_n(edges.begin(), std::min(edges.size(), values.size()), values.begin());
  return values;
}

/// Where an element lies in memory.
std::size_t place(const std::array<int, 4>& shape, MishLayout layout, std::array<int, 4> at) {
  const auto [n, c, y, x] = at;
  const auto& [batch, channels, height, width] = shape;
  const int padded = (channels + 7) / 8 * 8;
  const int index = layout == MishLayout::kLinear ? ((n * channels + c) * height + y) * width + x
                                                  : ((n * height + y) * width + x) * padded + c;
  return static_cast<std::size_t>(index);
}

/// All indices, in the order of `values_for`.
template <typename Function>
void for_each_place(const std::array<int, 4>& shape, Function function) {
  for (int n = 0; n < shape[0]; ++n) {
    for (int c = 0; c < shape[1]; ++c) {
      for (int y = 0; y < shape[2]; ++y) {
        for (int x = 0; x < shape[3]; ++x) {
          function(std::array{n, c, y, x});
        }
      }
    }
  }
}

/// Bytes of the tensor in memory, and its values put there.
std::size_t bytes_of(const MishEngineOptions& options) {
  const auto& [batch, channels, height, width] = options.shape;
  const int stored = options.layout == MishLayout::kLinear ? channels : (channels + 7) / 8 * 8;
  return static_cast<std::size_t>(batch * stored * height * width) * (options.half ? 2 : 4);
}

std::vector<std::byte> in_memory(const MishEngineOptions& options,
                                 const std::vector<float>& values) {
  std::vector<std::byte> memory(bytes_of(options));  // zeros between the channels
  std::size_t next = 0;
  for_each_place(options.shape, [&](const std::array<int, 4>& at) {
    const float value = values[next++];
    const std::size_t index = place(options.shape, options.layout, at);
    if (options.half) {
      const __half half = __float2half_rn(value);
      std::memcpy(memory.data() + index * 2, &half, 2);
    } else {
      std::memcpy(memory.data() + index * 4, &value, 4);
    }
  });
  return memory;
}

std::vector<float> from_memory(const MishEngineOptions& options,
                               const std::vector<std::byte>& memory) {
  std::vector<float> values;
  for_each_place(options.shape, [&](const std::array<int, 4>& at) {
    const std::size_t index = place(options.shape, options.layout, at);
    float value = 0;
    if (options.half) {
      __half half;
      std::memcpy(&half, memory.data() + index * 2, 2);
      value = __half2float(half);
    } else {
      std::memcpy(&value, memory.data() + index * 4, 4);
    }
    values.push_back(value);
  });
  return values;
}

/// Runs an engine. The output is filled before with a pattern that can't be a result.
std::vector<float> run(int device, MishEngines& engines, const MishEngineOptions& options,
                       const std::vector<float>& values) {
  const auto plan = engines.build(options);
  const auto source = testing::on_device(device, in_memory(options, values));
  const auto target = testing::poisoned(device, bytes_of(options));
  const cuda::Stream stream = cuda::make_stream(device);
  const cuda::DeviceBuffer activations{device,
                                       std::max<std::size_t>(plan->activation_bytes(), 256)};
  auto context =
      testing::value_of(Context::make(*plan, options.shape[0], activations, stream.get()));
  testing::require(context.set_address(kInput, source.get()), kInput);
  testing::require(context.set_address(kMishOutput, target.get()), kMishOutput);
  testing::require(context.enqueue(stream.get()), "TensorRT refuses to run");
  return from_memory(options, testing::on_host<std::byte>(device, target, bytes_of(options)));
}

float difference(const std::vector<float>& a, const std::vector<float>& b) {
  float most = 0;
  for (std::size_t i = 0; i < b.size(); ++i) {
    const float one = std::abs(a[i] - b[i]) / std::max(1.0F, std::abs(b[i]));
    most = std::isfinite(one) ? std::max(most, one) : one;
    if (!std::isfinite(one)) {
      break;
    }
  }
  return most;
}

class MishEngine : public testing::GpuTest {
 protected:
  void expect_agreement(MishEngines& engines, MishEngineOptions options) {
    const std::vector<float> values = values_for(options.shape, options.half);
    std::vector<float> formula;
    formula.reserve(values.size());
    for (const float value : values) {
      formula.push_back(ops::activate(graph::Activation::kMish, value));
    }
    options.kind = MishKind::kPlugin;
    const auto plugin = run(device(), engines, options, values);
    options.kind = MishKind::kNative;
    const auto native = run(device(), engines, options, values);
    const float ours = difference(plugin, formula);
    const float theirs = difference(native, formula);
    const float between = difference(plugin, native);
    std::cout << (options.half ? "FP16 " : "FP32 ")
              << (options.layout == MishLayout::kLinear ? "linear " : "HWC8 ") << options.shape[1]
              << " x " << options.shape[2] << " x " << options.shape[3] << ": plugin and formula "
              << ours << ", native and formula " << theirs << ", plugin and native " << between
              << '\n';
    EXPECT_LT(ours, mish_tolerance(options.half));
    EXPECT_LT(theirs, mish_tolerance(options.half));
    EXPECT_LT(between, mish_tolerance(options.half));
  }
};

TEST_F(MishEngine, PluginAndNativeAgreeInEveryTypeAndLayout) {
  cuda::check(cudaSetDevice(0));  // the wrong one where there are two
  MishEngines engines{device()};
  for (const std::array<int, 4>& shape :
       {std::array{2, 32, 26, 26}, std::array{3, 5, 7, 9}, std::array{1, 27, 13, 17}}) {
    for (const bool half : {false, true}) {
      expect_agreement(engines, {shape, MishKind::kPlugin, half, MishLayout::kLinear, 0});
    }
    expect_agreement(engines, {shape, MishKind::kPlugin, true, MishLayout::kHwc8, 0});
  }
}

}  // namespace
}  // namespace yolofleet::backend::tensorrt
