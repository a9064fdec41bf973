#pragma once

#include <cstdint>

#include "backend/tensorrt/plane_memory.hpp"
#include "image/jpeg_header.hpp"
#include "yolofleet/planes.hpp"

namespace yolofleet::backend::tensorrt {

/// The layout of a file's planes. There is room for whole blocks of 16 x 16 pixels: engines may
/// write them at the edges.
PlaneLayout layout_of(const image::JpegHeader& header) noexcept;

/// The planes of a file in a block that begins at `block`.
PlanesView planes_at(std::uint8_t* block, const image::JpegHeader& header) noexcept;

}  // namespace yolofleet::backend::tensorrt
