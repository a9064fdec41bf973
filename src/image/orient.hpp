#pragma once

#include <memory>

#include "yolofleet/image.hpp"

namespace yolofleet::image {

/// Applies an EXIF orientation (1 to 8; 5 to 8 swap width and height) to a picture. If the pixels
/// have to move, the new picture is in `memory`.
Image orient(Image stored, int orientation, const std::shared_ptr<PixelMemory>& memory = nullptr);

}  // namespace yolofleet::image
