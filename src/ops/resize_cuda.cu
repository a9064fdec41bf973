#include <cstddef>

#include "cuda/check.hpp"
#include "ops/resize_cuda.hpp"

namespace yolofleet::ops {
namespace {

constexpr unsigned kThreads = 256;
constexpr float kFill = 0.5F;

__device__ void store(float* at, float value) {
  *at = value;
}
__device__ void store(__half* at, float value) {
  *at = __float2half_rn(value);
}

/// Between which source positions a target position lies; the CPU version's `make_taps`.
struct Tap {
  int first;
  int second;
  float fraction;
};

__device__ Tap tap_at(int i, int source, int target, float step) {
  if (i >= target - 1) {
    return {source - 1, source - 1, 0.0F};
  }
  const float position = __fmul_rn(static_cast<float>(i), step);
  const int first = min(static_cast<int>(position), source - 1);
  return {first, min(first + 1, source - 1), position - static_cast<float>(first)};
}

__device__ float mix(float first, float second, float fraction) {
  return __fadd_rn(__fmul_rn(1.0F - fraction, first), __fmul_rn(fraction, second));
}

/// The planes of one pixel, 0 to 255: divided once, at the end.
template <int kPlanes>
struct Colour {
  float planes[kPlanes];
};

template <int kPlanes>
__device__ Colour<kPlanes> colour_at(const std::uint8_t* pixel, PixelFormat format) {
  Colour<kPlanes> colour{};
  if (format == PixelFormat::kGrey) {
    for (float& plane : colour.planes) {
      plane = static_cast<float>(pixel[0]);
    }
    return colour;
  }
  const bool rgb = format == PixelFormat::kRgb;
  const int red = pixel[rgb ? 0 : 2];
  const int green = pixel[1];
  const int blue = pixel[rgb ? 2 : 0];
  if constexpr (kPlanes == 1) {
    colour.planes[0] = static_cast<float>((77 * red + 150 * green + 29 * blue) >> 8);
  } else {
    colour = {static_cast<float>(red), static_cast<float>(green), static_cast<float>(blue)};
  }
  return colour;
}

template <int kPlanes>
__device__ Colour<kPlanes> row_colour(const std::uint8_t* row, const Tap& tap, PixelFormat format) {
  const int bytes = format == PixelFormat::kGrey ? 1 : 3;
  const Colour<kPlanes> first = colour_at<kPlanes>(row + tap.first * bytes, format);
  const Colour<kPlanes> second = colour_at<kPlanes>(row + tap.second * bytes, format);
  Colour<kPlanes> mixed{};
#pragma unroll
  for (int plane = 0; plane < kPlanes; ++plane) {
    mixed.planes[plane] = mix(first.planes[plane], second.planes[plane], tap.fraction);
  }
  return mixed;
}

template <int kPlanes>
__device__ Colour<kPlanes> resized_colour(const DevicePicture& picture, const std::uint8_t* pixels,
                                          int x, int y) {
  const Tap across = tap_at(x, picture.width, picture.area.width, picture.step_x);
  const Tap down = tap_at(y, picture.height, picture.area.height, picture.step_y);
  const std::uint8_t* start = pixels + picture.offset;
  const Colour<kPlanes> first = row_colour<kPlanes>(
      start + static_cast<std::size_t>(down.first) * picture.stride, across, picture.format);
  const Colour<kPlanes> second = row_colour<kPlanes>(
      start + static_cast<std::size_t>(down.second) * picture.stride, across, picture.format);
  Colour<kPlanes> mixed{};
#pragma unroll
  for (int plane = 0; plane < kPlanes; ++plane) {
    mixed.planes[plane] =
        __fdiv_rn(mix(first.planes[plane], second.planes[plane], down.fraction), 255.0F);
  }
  return mixed;
}

/// A thread a pixel of the input, all its planes. Grid: blocks of pixels x pictures.
template <int kPlanes, typename T>
__global__ void __launch_bounds__(kThreads) resize_pictures(ResizeBatch batch, T* output) {
  const DevicePicture& picture = batch.pictures[blockIdx.y];
  const int plane_size = batch.input.width * batch.input.height;
  const int pixel = static_cast<int>(blockIdx.x * kThreads + threadIdx.x);
  if (pixel >= plane_size || picture.width == 0) {
    return;
  }
  const int x = pixel % batch.input.width - picture.area.x;
  const int y = pixel / batch.input.width - picture.area.y;
  const bool inside = x >= 0 && x < picture.area.width && y >= 0 && y < picture.area.height;
  Colour<kPlanes> colour{};
  if (inside) {
    colour = resized_colour<kPlanes>(picture, batch.pixels, x, y);
  }
  T* at = output + std::size_t{blockIdx.y} * kPlanes * plane_size + pixel;
#pragma unroll
  for (int plane = 0; plane < kPlanes; ++plane) {
    store(at + static_cast<std::size_t>(plane) * plane_size, inside ? colour.planes[plane] : kFill);
  }
}

template <typename T>
void enqueue(const ResizeBatch& batch, T* output, cudaStream_t stream) {
  const auto pixels = static_cast<unsigned>(batch.input.width * batch.input.height);
  const dim3 grid{(pixels + kThreads - 1) / kThreads, static_cast<unsigned>(batch.size)};
  if (batch.input.channels == 1) {
    resize_pictures<1><<<grid, kThreads, 0, stream>>>(batch, output);
  } else {
    resize_pictures<3><<<grid, kThreads, 0, stream>>>(batch, output);
  }
  cuda::check_launch();
}

}  // namespace

DevicePicture device_picture(const ImageView& picture, graph::Shape input, Fit fit,
                             std::uint64_t offset, std::size_t stride) noexcept {
  const Area area = fitted_area(picture.width, picture.height, input, fit);
  const auto step = [](int source, int target) {
    return target > 1 ? static_cast<float>(source - 1) / static_cast<float>(target - 1) : 0.0F;
  };
  return {offset,
          static_cast<std::uint32_t>(stride),
          picture.width,
          picture.height,
          picture.format,
          area,
          step(picture.width, area.width),
          step(picture.height, area.height)};
}

void enqueue_resize(const ResizeBatch& batch, float* output, cudaStream_t stream) {
  enqueue(batch, output, stream);
}

void enqueue_resize(const ResizeBatch& batch, __half* output, cudaStream_t stream) {
  enqueue(batch, output, stream);
}

}  // namespace yolofleet::ops
