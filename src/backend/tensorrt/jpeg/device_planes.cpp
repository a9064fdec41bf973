#include "backend/tensorrt/jpeg/device_planes.hpp"

namespace yolofleet::backend::tensorrt {
namespace {

constexpr std::size_t kRowAlignment = 128;
constexpr std::size_t kBlockAlignment = 256;
constexpr int kBlockSide = 16;

std::size_t aligned(std::size_t bytes, std::size_t alignment) {
  return (bytes + alignment - 1) / alignment * alignment;
}

int whole_blocks(int pixels) {
  return (pixels + kBlockSide - 1) / kBlockSide * kBlockSide;
}

}  // namespace

PlaneLayout layout_of(const image::JpegHeader& header) noexcept {
  PlaneFormat format;
  format.subsampling = header.subsampling;
  const auto sizes = plane_sizes(format, whole_blocks(header.width), whole_blocks(header.height));
  PlaneLayout layout;
  for (std::size_t plane = 0; plane < sizes.size(); ++plane) {
    layout.offsets[plane] = layout.bytes;
    layout.strides[plane] = aligned(sizes[plane].row_bytes, kRowAlignment);
    layout.bytes += aligned(layout.strides[plane] * static_cast<std::size_t>(sizes[plane].rows),
                            kBlockAlignment);
  }
  return layout;
}

PlanesView planes_at(std::uint8_t* block, const image::JpegHeader& header) noexcept {
  const PlaneLayout layout = layout_of(header);
  PlanesView view;
  view.width = header.width;
  view.height = header.height;
  view.format.subsampling = header.subsampling;
  view.orientation = header.orientation;
  const std::size_t planes = header.subsampling == Subsampling::kGrey ? 1 : 3;
  for (std::size_t plane = 0; plane < planes; ++plane) {
    view.planes[plane] = block + layout.offsets[plane];
    view.strides[plane] = layout.strides[plane];
  }
  return view;
}

PlaneMemory::PlaneMemory(int device, std::size_t bytes)
    : buffer_(device, bytes), ranges_(bytes, kBlockAlignment) {}

std::shared_ptr<std::uint8_t> PlaneMemory::take(std::size_t bytes) {
  const auto offset = ranges_.take(bytes);
  if (!offset) {
    return nullptr;
  }
  return {buffer_.as<std::uint8_t>() + *offset,
          [self = shared_from_this(), offset = *offset, bytes](const std::uint8_t* /*block*/) {
            self->ranges_.give_back(offset, bytes);
          }};
}

}  // namespace yolofleet::backend::tensorrt
