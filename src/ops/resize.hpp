#pragma once

#include <span>

#include "graph/shape.hpp"
#include "yolofleet/image.hpp"

namespace yolofleet::ops {

/// Where a picture's pixels lie in the network's input, in pixels of the input:
/// input = offset + picture * scale.
struct Placement {
  float scale_x = 1.0F;
  float scale_y = 1.0F;
  float offset_x = 0.0F;
  float offset_y = 0.0F;
};

}  // namespace yolofleet::ops
