#pragma once

#include "ops/resize.hpp"
#include "yolofleet/options.hpp"

namespace yolofleet::backend {

/// How pictures are fitted into the network's input. `letterbox`: Network::letterbox.
inline ops::Fit fit_of(Resize resize, bool letterbox) noexcept {
  return is_letterbox(resize, letterbox) ? ops::Fit::kLetterbox : ops::Fit::kStretch;
}

}  // namespace yolofleet::backend
