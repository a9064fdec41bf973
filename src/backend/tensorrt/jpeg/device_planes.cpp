#include "backend/tensorrt/jpeg/device_planes.hpp"

namespace yolofleet::backend::tensorrt {
namespace {

constexpr int kBlockSide = 16;

int whole_blocks(int pixels) {
  return (pixels + kBlockSide - 1) / kBlockSide * kBlockSide;
}

PlaneFormat format_of(const image::JpegHeader& header) {
  PlaneFormat format;
  format.subsampling = header.subsampling;
  return format;
}

}  // namespace

PlaneLayout layout_of(const image::JpegHeader& header) noexcept {
  return layout_of(format_of(header), whole_blocks(header.width), whole_blocks(header.height));
}

PlanesView planes_at(std::uint8_t* block, const image::JpegHeader& header) noexcept {
  PlanesView picture;
  picture.width = header.width;
  picture.height = header.height;
  picture.format = format_of(header);
  picture.orientation = header.orientation;
  return planes_at(block, layout_of(header), picture);
}

}  // namespace yolofleet::backend::tensorrt
