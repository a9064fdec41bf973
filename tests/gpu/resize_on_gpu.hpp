#pragma once

#include <array>
#include <cmath>
#include <random>
#include <vector>

#include "gpu/devices.hpp"
#include "image/plane_rows.hpp"
#include "ops/resize_cuda.hpp"

namespace yolofleet::testing {

/// The bytes of pictures as they go to a device, with their strides and at odd addresses.
class PicturesOnDevice {
 public:
  PicturesOnDevice(int device, const std::vector<PixelView>& pictures) {
    std::vector<std::uint8_t> bytes(1);
    std::vector<std::vector<std::size_t>> offsets;
    for (const PixelView& picture : pictures) {
      auto& places = offsets.emplace_back();
      for (const image::PlaneRows& plane : image::planes_of(picture)) {
        places.push_back(bytes.size());
        bytes.insert(bytes.end(), plane.data,
                     plane.data + (plane.rows - 1) * plane.stride + plane.row_bytes);
        bytes.push_back(0xEE);
      }
    }
    bytes.resize((bytes.size() + 3) / 4 * 4);  // words are read
    memory_ = on_device(device, bytes);
    for (std::size_t i = 0; i < pictures.size(); ++i) {
      views_.push_back(moved(pictures[i], offsets[i]));
    }
  }

  const std::vector<PixelView>& views() const { return views_; }

 private:
  PixelView moved(PixelView picture, const std::vector<std::size_t>& offsets) const {
    const auto* const begin = memory_.as<std::uint8_t>();
    if (auto* const pixels = std::get_if<ImageView>(&picture)) {
      pixels->data = begin + offsets[0];
    } else if (auto* const planes = std::get_if<PlanesView>(&picture)) {
      for (std::size_t i = 0; i < offsets.size(); ++i) {
        planes->planes[i] = begin + offsets[i];
      }
      if (planes->format.interleaved) {
        planes->planes[2] = planes->planes[1] + (planes->format.bits > 8 ? 2 : 1);
      }
    }
    return picture;
  }

  cuda::DeviceBuffer memory_;
  std::vector<PixelView> views_;
};

/// The pictures of a batch as the network's input, made on the device in poisoned memory.
template <typename T>
std::vector<T> resized_on_gpu(int device, const std::vector<PixelView>& pictures,
                              graph::Shape input, ops::Fit fit) {
  const PicturesOnDevice on_gpu{device, pictures};
  std::vector<ops::DevicePicture> described;
  ops::PictureKinds kinds;
  for (const PixelView& view : on_gpu.views()) {
    described.push_back(ops::device_picture(view, input, fit));
    kinds.add(described.back().kind);
  }
  const auto parameters = on_device(device, described);
  const std::size_t count = pictures.size() * static_cast<std::size_t>(input.elements());
  const auto output = poisoned(device, count * sizeof(T));
  const cuda::DeviceGuard guard{device};
  ops::enqueue_resize(
      {parameters.as<ops::DevicePicture>(), static_cast<int>(pictures.size()), input, kinds},
      output.as<T>(), nullptr);
  return on_host<T>(device, output, count);
}

/// Random samples of a format, with gaps of 3 bytes behind the rows.
class RandomPlanes {
 public:
  RandomPlanes(int width, int height, const PlaneFormat& format, int orientation = 1) {
    view_.width = width;
    view_.height = height;
    view_.format = format;
    view_.orientation = orientation;
    std::mt19937 random{static_cast<unsigned>(width * 7919 + height)};
    const auto sizes = plane_sizes(format, width, height);
    const unsigned most = (1U << static_cast<unsigned>(format.bits)) - 1;
    for (std::size_t i = 0; i < sizes.size(); ++i) {
      view_.strides[i] = sizes[i].row_bytes + 3;
      samples_[i].resize(view_.strides[i] * static_cast<std::size_t>(sizes[i].rows));
      for (std::size_t y = 0; y < static_cast<std::size_t>(sizes[i].rows); ++y) {
        std::uint8_t* at = samples_[i].data() + y * view_.strides[i];
        const std::size_t bytes = format.bits > 8 ? 2 : 1;
        for (std::size_t x = 0; x < sizes[i].row_bytes; x += bytes) {
          const auto sample = static_cast<std::uint16_t>(random() & most);
          std::memcpy(at + x, &sample, bytes);  // the low byte comes first
        }
      }
      view_.planes[i] = samples_[i].data();
    }
    if (format.interleaved) {
      view_.planes[2] = view_.planes[1] + (format.bits > 8 ? 2 : 1);
      view_.strides[2] = view_.strides[1];
    }
  }

  const PlanesView& view() const { return view_; }

 private:
  std::array<std::vector<std::uint8_t>, 3> samples_;  // moving them keeps their addresses
  PlanesView view_;
};

}  // namespace yolofleet::testing
