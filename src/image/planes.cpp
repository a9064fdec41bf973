#include "yolofleet/planes.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "image/decode.hpp"
#include "image/orient.hpp"
#include "image/plane_rows.hpp"
#include "image/ycbcr.hpp"

namespace yolofleet {

std::array<PlaneSize, 3> plane_sizes(const PlaneFormat& format, int width, int height) noexcept {
  const std::size_t sample = format.bits > 8 ? 2 : 1;
  const int rows = chroma_height(format.subsampling, height);
  const std::size_t row =
      sample * static_cast<std::size_t>(chroma_width(format.subsampling, width));
  const PlaneSize luma{sample * static_cast<std::size_t>(width), height};
  if (format.interleaved) {
    return {luma, PlaneSize{2 * row, rows}, PlaneSize{}};
  }
  return {luma, PlaneSize{row, rows}, PlaneSize{row, rows}};
}

Planes::Planes(int width, int height, const PlaneFormat& format,
               const std::shared_ptr<PixelMemory>& memory)
    : width_(width), height_(height), format_(format) {
  std::size_t bytes = 0;
  for (const PlaneSize& size : plane_sizes(format, width, height)) {
    bytes += size.bytes();
  }
  samples_ = PixelBuffer(bytes, memory);
}

Result<Planes> Planes::decode(std::span<const std::byte> encoded, const DecodeLimits& limits) {
  return image::decode(encoded, limits, image::Wanted::kPlanes).map([](image::Decoded decoded) {
    return std::get<Planes>(std::move(decoded.pixels));
  });
}

Planes::Planes(const Planes& other)
    : width_(other.width_),
      height_(other.height_),
      format_(other.format_),
      orientation_(other.orientation_) {
  if (!other.empty()) {
    samples_ = PixelBuffer(other.samples().size());
    std::ranges::copy(other.samples(), samples().begin());
  }
}

Planes& Planes::operator=(const Planes& other) {
  return *this = Planes(other);
}

Planes::Planes(Planes&& other) noexcept = default;
Planes& Planes::operator=(Planes&& other) noexcept = default;

PlanesView Planes::view() const noexcept {
  PlanesView view;
  view.width = width_;
  view.height = height_;
  view.format = format_;
  view.orientation = orientation_;
  return image::packed_planes(view, samples_.bytes().data());
}

Image to_rgb(const PlanesView& picture, const std::shared_ptr<PixelMemory>& memory) {
  Image stored(picture.width, picture.height, PixelFormat::kRgb, memory);
  const image::PlanesReader reader(picture);
  std::uint8_t* to = stored.pixels().data();
  for (int y = 0; y < picture.height; ++y) {
    for (int x = 0; x < picture.width; ++x) {
      const image::Rgb rgb = reader.at(x, y);
      *to++ = rgb.red;
      *to++ = rgb.green;
      *to++ = rgb.blue;
    }
  }
  return image::orient(std::move(stored), picture.orientation, memory);
}

}  // namespace yolofleet
