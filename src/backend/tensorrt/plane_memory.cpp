#include "backend/tensorrt/plane_memory.hpp"

namespace yolofleet::backend::tensorrt {
namespace {

constexpr std::size_t kRowAlignment = 128;
constexpr std::size_t kBlockAlignment = 256;

std::size_t aligned(std::size_t bytes, std::size_t alignment) {
  return (bytes + alignment - 1) / alignment * alignment;
}

}  // namespace

PlaneLayout layout_of(const PlaneFormat& format, int width, int height) noexcept {
  const auto sizes = plane_sizes(format, width, height);
  PlaneLayout layout;
  for (std::size_t plane = 0; plane < sizes.size(); ++plane) {
    layout.offsets[plane] = layout.bytes;
    layout.strides[plane] = aligned(sizes[plane].row_bytes, kRowAlignment);
    layout.bytes += aligned(layout.strides[plane] * static_cast<std::size_t>(sizes[plane].rows),
                            kBlockAlignment);
  }
  return layout;
}

PlanesView planes_at(std::uint8_t* block, const PlaneLayout& layout, PlanesView picture) noexcept {
  const PlaneFormat& format = picture.format;
  const std::size_t planes = format.subsampling == Subsampling::kGrey ? 1 : 3;
  picture.planes = {};
  picture.strides = {};
  for (std::size_t plane = 0; plane < planes; ++plane) {
    picture.planes[plane] = block + layout.offsets[plane];
    picture.strides[plane] = layout.strides[plane];
  }
  if (planes == 3 && format.interleaved) {
    picture.planes[2] = picture.planes[1] + (format.bits > 8 ? 2 : 1);
    picture.strides[2] = picture.strides[1];
  }
  return picture;
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
