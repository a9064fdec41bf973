#include <cmath>
#include <random>

#include "gpu/devices.hpp"
#include "ops/resize.hpp"
#include "ops/resize_cuda.hpp"

namespace yolofleet::ops {
namespace {

class ResizeCuda : public testing::GpuTest {};

/// A batch of pictures of random pixels, and the same batch for the device.
struct Batch {
  std::vector<std::vector<std::uint8_t>> pixels;
  std::vector<ImageView> views;
  std::vector<std::uint8_t> packed;
  std::vector<DevicePicture> pictures;
};

void add(Batch& batch, int width, int height, PixelFormat format, graph::Shape input, Fit fit) {
  std::mt19937 random{static_cast<unsigned>(width * 7919 + height)};
  const std::size_t stride = static_cast<std::size_t>(width * channels(format)) + 5;
  std::vector<std::uint8_t>& pixels =
      batch.pixels.emplace_back(stride * static_cast<std::size_t>(height));
  for (std::uint8_t& byte : pixels) {
    byte = static_cast<std::uint8_t>(random());
  }
  batch.views.push_back({pixels.data(), width, height, stride, format});
  batch.pictures.push_back(
      device_picture(batch.views.back(), input, fit, batch.packed.size(), stride));
  batch.packed.insert(batch.packed.end(), pixels.begin(), pixels.end());
}

Batch mixed_batch(graph::Shape input, Fit fit) {
  Batch batch;
  add(batch, 768, 576, PixelFormat::kRgb, input, fit);
  add(batch, 333, 517, PixelFormat::kBgr, input, fit);
  add(batch, 1, 1, PixelFormat::kRgb, input, fit);
  add(batch, 2000, 3, PixelFormat::kGrey, input, fit);
  add(batch, 5, 900, PixelFormat::kBgr, input, fit);
  add(batch, input.width, input.height, PixelFormat::kRgb, input, fit);
  add(batch, 1, 40, PixelFormat::kBgr, input, fit);
  add(batch, 1, 7, PixelFormat::kGrey, input, fit);
  add(batch, 2, 2, PixelFormat::kRgb, input, fit);
  add(batch, 7, 1, PixelFormat::kBgr, input, fit);
  batch.packed.resize((batch.packed.size() + 3) / 4 * 4);  // words are read
  return batch;
}

template <typename T>
std::vector<T> on_gpu(int device, const Batch& batch, graph::Shape input) {
  const auto pictures = testing::on_device(device, batch.pictures);
  const auto pixels = testing::on_device(device, batch.packed);
  const std::size_t count = batch.pictures.size() * static_cast<std::size_t>(input.elements());
  const auto output = testing::poisoned(device, count * sizeof(T));
  const cuda::DeviceGuard guard{device};
  enqueue_resize({pictures.as<DevicePicture>(), pixels.as<std::uint8_t>(),
                  static_cast<int>(batch.pictures.size()), input},
                 output.as<T>(), nullptr);
  return testing::on_host<T>(device, output, count);
}

/// Largest difference to the CPU's version.
template <typename T, typename ToFloat>
float difference(int device, graph::Shape input, Fit fit, ToFloat to_float) {
  const Batch batch = mixed_batch(input, fit);
  const std::vector<T> output = on_gpu<T>(device, batch, input);
  const auto size = static_cast<std::size_t>(input.elements());
  float largest = 0;
  for (std::size_t p = 0; p < batch.views.size(); ++p) {
    std::vector<float> expected(size);
    resize(batch.views[p], input, fit, expected);
    for (std::size_t i = 0; i < size; ++i) {
      const float error = std::abs(to_float(output[p * size + i]) - expected[i]);
      largest = error <= largest ? largest : error;  // NaN counts
    }
  }
  return largest;
}

const graph::Shape kInputs[] = {{3, 416, 416}, {3, 288, 352}, {1, 320, 544}};

TEST_F(ResizeCuda, FloatIsTheCpusVersion) {
  for (const graph::Shape& input : kInputs) {
    for (const Fit fit : {Fit::kStretch, Fit::kLetterbox}) {
      const float error =
          difference<float>(device(), input, fit, [](float value) { return value; });
      EXPECT_LT(error, 1e-6F) << input.width << " x " << input.height;
    }
  }
}

TEST_F(ResizeCuda, HalfIsItRounded) {
  for (const graph::Shape& input : kInputs) {
    const float error = difference<__half>(device(), input, Fit::kLetterbox,
                                           [](__half value) { return __half2float(value); });
    EXPECT_LT(error, 3e-4F) << input.width << " x " << input.height;  // half of 2^-11, at 1
  }
}

TEST_F(ResizeCuda, APlaceWithoutAPictureIsLeftAlone) {
  const graph::Shape input{3, 32, 32};
  Batch batch;
  add(batch, 10, 10, PixelFormat::kRgb, input, Fit::kStretch);
  batch.pictures[0].width = 0;
  for (const float value : on_gpu<float>(device(), batch, input)) {
    std::uint32_t bits = 0;
    std::memcpy(&bits, &value, sizeof bits);
    ASSERT_EQ(bits, 0xFFFFFFFFU);
  }
}

}  // namespace
}  // namespace yolofleet::ops
