#pragma once

#include "ops/resize.hpp"
#include "yolofleet/options.hpp"

namespace yolofleet::backend {

/// How pictures are fitted; `letterbox`: what the cfg says.
inline ops::Fit fit_of(Resize resize, bool letterbox) noexcept {
  const bool boxed = resize == Resize::kLetterbox || (resize == Resize::kModel && letterbox);
  return boxed ? ops::Fit::kLetterbox : ops::Fit::kStretch;
}

}  // namespace yolofleet::backend
