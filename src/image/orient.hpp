#pragma once

#include <memory>

#include "yolofleet/image.hpp"

namespace yolofleet::image {

/// The picture as it is meant to be shown, from the picture as stored and the EXIF orientation
/// (1 to 8; 5 to 8 swap width and height). What has to be turned goes to `memory`.
Image orient(Image stored, int orientation, const std::shared_ptr<PixelMemory>& memory = nullptr);

}  // namespace yolofleet::image
