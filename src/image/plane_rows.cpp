#include "image/plane_rows.hpp"

#include <cstring>

namespace yolofleet::image {
namespace {

PlaneList pixel_plane(const ImageView& view) noexcept {
  PlaneList list;
  list.add({view.data, view.stride, row_bytes(view), static_cast<std::size_t>(view.height)});
  return list;
}

PlaneList planes_of_samples(const PlanesView& view) noexcept {
  const auto sizes = plane_sizes(view.format, view.width, view.height);
  PlaneList list;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    if (sizes[i].rows > 0) {
      list.add({view.planes[i], view.strides[i], sizes[i].row_bytes,
                static_cast<std::size_t>(sizes[i].rows)});
    }
  }
  return list;
}

}  // namespace

PlaneList planes_of(const PixelView& picture) noexcept {
  if (const auto* const planes = std::get_if<PlanesView>(&picture)) {
    return planes_of_samples(*planes);
  }
  return pixel_plane(*std::get_if<ImageView>(&picture));
}

PlaneList joined(const PlaneList& planes) noexcept {
  PlaneList list;
  for (PlaneRows plane : planes) {
    if (plane.stride == plane.row_bytes || plane.rows == 1) {
      plane = {plane.data, plane.bytes(), plane.bytes(), 1};
    }
    if (!list.empty() && list.back().rows == 1 && plane.rows == 1 &&
        list.back().data + list.back().row_bytes == plane.data) {
      list.back().row_bytes += plane.row_bytes;
      list.back().stride = list.back().row_bytes;
    } else {
      list.add(plane);
    }
  }
  return list;
}

std::size_t packed_bytes(const PixelView& picture) noexcept {
  std::size_t bytes = 0;
  for (const PlaneRows& plane : planes_of(picture)) {
    bytes += plane.bytes();
  }
  return bytes;
}

PlanesView packed_planes(PlanesView view, const std::uint8_t* begin) noexcept {
  const auto sizes = plane_sizes(view.format, view.width, view.height);
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    view.planes[i] = begin;
    view.strides[i] = sizes[i].row_bytes;
    begin += sizes[i].bytes();
  }
  if (view.format.interleaved) {
    view.planes[2] = view.planes[1] + (view.format.bits > 8 ? 2 : 1);
    view.strides[2] = view.strides[1];
  }
  return view;
}

PixelView packed_at(const PixelView& picture, const std::uint8_t* begin) noexcept {
  if (const auto* const planes = std::get_if<PlanesView>(&picture)) {
    return packed_planes(*planes, begin);
  }
  ImageView pixels = *std::get_if<ImageView>(&picture);
  pixels.data = begin;
  pixels.stride = row_bytes(pixels);
  return pixels;
}

void copy_packed(const PixelView& picture, std::uint8_t* to) noexcept {
  for (const PlaneRows& plane : joined(planes_of(picture))) {
    for (std::size_t y = 0; y < plane.rows; ++y) {
      std::memcpy(to, plane.data + y * plane.stride, plane.row_bytes);
      to += plane.row_bytes;
    }
  }
}

}  // namespace yolofleet::image
