#pragma once

#include <algorithm>
#include <deque>
#include <memory>
#include <vector>

#include "backend/pixels.hpp"
#include "cuda/handles.hpp"
#include "gpu/lane_fixture.hpp"
#include "image/plane_rows.hpp"

namespace yolofleet::testing {

/// The luma of a picture, with chroma that varies except where the picture is white.
inline Planes planes_like(const Image& picture, const PlaneFormat& format) {
  Planes planes{picture.width(), picture.height(), format};
  const PlanesView view = planes.view();
  const auto luma = [&](int x, int y) {
    return picture
        .pixels()[static_cast<std::size_t>(y) * picture.stride() + static_cast<std::size_t>(3 * x)];
  };
  std::uint8_t* to = planes.samples().data();
  for (int y = 0; y < view.height; ++y) {
    for (int x = 0; x < view.width; ++x) {
      *to++ = luma(x, y);
    }
  }
  const int columns = chroma_width(format.subsampling, view.width);
  const int rows = chroma_height(format.subsampling, view.height);
  for (int plane = 1; plane < 3; ++plane) {
    for (int y = 0; y < rows; ++y) {
      for (int x = 0; x < columns; ++x) {
        const bool white = luma(x * view.width / columns, y * view.height / rows) == 255;
        *to++ = static_cast<std::uint8_t>(white ? 128 : 110 + (x * plane + y) % 37);
      }
    }
  }
  return planes;
}

/// Pictures as planes of every subsampling in turn, some to be turned.
inline std::deque<Planes> mixed_planes(std::size_t count) {
  constexpr Subsampling kAll[] = {Subsampling::k420, Subsampling::k444, Subsampling::k422,
                                  Subsampling::k440, Subsampling::kGrey};
  std::deque<Planes> all;
  for (const Image& picture : mixed_pictures(count)) {
    PlaneFormat format;
    format.subsampling = kAll[all.size() % std::size(kAll)];
    all.push_back(planes_like(picture, format));
    if (all.size() % 4 == 0) {
      all.back().set_orientation(static_cast<int>(all.size() / 4 % 8) + 1);
    }
  }
  return all;
}

/// A picture's memory on a device, filled with zeros, and the stream that fills it.
class OnDevice {
 public:
  OnDevice(int device, const PixelView& picture)
      : picture_(picture),
        bytes_(image::packed_bytes(picture)),
        hidden_(device, bytes_),
        memory_(device, bytes_),
        stream_(cuda::make_stream(device)) {
    std::vector<std::uint8_t> packed(bytes_);
    image::copy_packed(picture, packed.data());
    const cuda::DeviceGuard guard{device};
    cuda::check(cudaMemcpy(hidden_.get(), packed.data(), bytes_, cudaMemcpyHostToDevice));
    cuda::check(cudaMemset(memory_.get(), 0, bytes_));
    cuda::check(cudaDeviceSynchronize());
  }

  /// Puts the picture's bytes into the memory, on the stream, after `wait` (if it isn't null) has
  /// run there.
  void fill(cudaHostFn_t wait = nullptr) {
    const cuda::DeviceGuard guard{stream_.device()};
    if (wait != nullptr) {
      cuda::check(cudaLaunchHostFunc(stream_.get(), wait, nullptr));
    }
    cuda::check(cudaMemcpyAsync(memory_.get(), hidden_.get(), bytes_, cudaMemcpyDeviceToDevice,
                                stream_.get()));
  }

  DeviceImage image() const {
    DeviceImage image;
    image.device = "cuda:" + std::to_string(stream_.device());
    image.pixels = image::packed_at(picture_, memory_.as<std::uint8_t>());
    return image;
  }
  cudaStream_t stream() const { return stream_.get(); }

 private:
  PixelView picture_;
  std::size_t bytes_;
  cuda::DeviceBuffer hidden_;
  cuda::DeviceBuffer memory_;
  cuda::Stream stream_;
};

}  // namespace yolofleet::testing
