#pragma once

#include <cstddef>
#include <memory>

#include "yolofleet/image.hpp"

namespace yolofleet::backend::tensorrt {

/// Page-locked memory for the pixels of pictures, all of it allocated here: every device fetches
/// them from where they were decoded to. Errors: kTooLarge (the host has no such memory left),
/// kDevice.
Result<std::shared_ptr<PixelMemory>> make_pinned_memory(int device, std::size_t bytes);

}  // namespace yolofleet::backend::tensorrt
