#include <cmath>
#include <random>

#include "gpu/resize_on_gpu.hpp"
#include "ops/resize.hpp"

namespace yolofleet::ops {
namespace {

class ResizeCuda : public testing::GpuTest {};

/// A batch of pictures of random pixels.
struct Batch {
  std::vector<std::vector<std::uint8_t>> pixels;
  std::vector<PixelView> views;
};

void add(Batch& batch, int width, int height, PixelFormat format) {
  std::mt19937 random{static_cast<unsigned>(width * 7919 + height)};
  const std::size_t stride = static_cast<std::size_t>(width * channels(format)) + 5;
  std::vector<std::uint8_t>& pixels =
      batch.pixels.emplace_back(stride * static_cast<std::size_t>(height));
  for (std::uint8_t& byte : pixels) {
    byte = static_cast<std::uint8_t>(random());
  }
  batch.views.emplace_back(ImageView{pixels.data(), width, height, stride, format});
}

Batch mixed_batch(graph::Shape input) {
  Batch batch;
  add(batch, 768, 576, PixelFormat::kRgb);
  add(batch, 333, 517, PixelFormat::kBgr);
  add(batch, 1, 1, PixelFormat::kRgb);
  add(batch, 2000, 3, PixelFormat::kGrey);
  add(batch, 5, 900, PixelFormat::kBgr);
  add(batch, input.width, input.height, PixelFormat::kRgb);
  add(batch, 1, 40, PixelFormat::kBgr);
  add(batch, 1, 7, PixelFormat::kGrey);
  add(batch, 2, 2, PixelFormat::kRgb);
  add(batch, 7, 1, PixelFormat::kBgr);
  return batch;
}

/// Largest difference to the CPU's version.
template <typename T, typename ToFloat>
float difference(int device, graph::Shape input, Fit fit, ToFloat to_float) {
  const Batch batch = mixed_batch(input);
  const std::vector<T> output = testing::resized_on_gpu<T>(device, batch.views, input, fit);
  const auto size = static_cast<std::size_t>(input.elements());
  float largest = 0;
  for (std::size_t p = 0; p < batch.views.size(); ++p) {
    std::vector<float> expected(size);
    resize(std::get<ImageView>(batch.views[p]), input, fit, expected);
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

TEST_F(ResizeCuda, OnlyPicturesOfThePassAreWritten) {
  const graph::Shape input{3, 32, 32};
  const testing::RandomPlanes planes{10, 10, {}};
  Batch batch;
  add(batch, 10, 10, PixelFormat::kRgb);
  add(batch, 10, 10, PixelFormat::kGrey);
  batch.views.emplace_back(planes.view());
  const testing::PicturesOnDevice on_gpu{device(), batch.views};
  std::vector<DevicePicture> pictures(1);  // no picture
  for (const PixelView& view : on_gpu.views()) {
    pictures.push_back(device_picture(view, input, Fit::kStretch));
    pictures.back().pass = 1;
  }
  const auto parameters = testing::on_device(device(), pictures);
  const auto size = static_cast<std::size_t>(input.elements());
  const auto output = testing::poisoned(device(), pictures.size() * size * sizeof(float));
  for (const int pass : {0, 1}) {
    {
      const cuda::DeviceGuard guard{device()};
      enqueue_resize({parameters.as<DevicePicture>(), static_cast<int>(pictures.size()), input,
                      PictureKinds::all(), pass},
                     output.as<float>(), nullptr);
    }
    const auto values = testing::on_host<float>(device(), output, pictures.size() * size);
    for (std::size_t i = 0; i < values.size(); ++i) {
      ASSERT_EQ(std::isnan(values[i]), pass == 0 || i < size) << i;  // poison is NaN
    }
  }
}

}  // namespace
}  // namespace yolofleet::ops
