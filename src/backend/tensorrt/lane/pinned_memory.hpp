#pragma once

#include <cstddef>
#include <memory>

#include "yolofleet/image.hpp"

namespace yolofleet::backend::tensorrt {

/// Allocates `bytes` of page-locked memory for pixels, from which every device copies without
/// staging. The memory belongs to the context of `device`. Errors: kTooLarge (the host can't lock
/// that much memory), kDevice.
Result<std::shared_ptr<PixelMemory>> make_pinned_memory(int device, std::size_t bytes);

}  // namespace yolofleet::backend::tensorrt
