#pragma once

#include <vector>

namespace yolofleet {

/// A rectangle in a picture, in pixels, after the picture's EXIF orientation was applied. The
/// origin is the top left corner; x grows to the right, y downwards. A box is not clipped: it may
/// extend beyond the picture's edges.
struct Box {
  float x = 0.0F;       ///< left edge
  float y = 0.0F;       ///< top edge
  float width = 0.0F;   ///< at least 0
  float height = 0.0F;  ///< at least 0

  friend bool operator==(const Box&, const Box&) = default;
};

/// One object found in a picture.
struct Detection {
  Box box;
  int class_id = 0;  ///< index into Model::names, from 0
  /// Objectness times class probability: 0 to 1, or more for a [region] head without softmax.
  float confidence = 0.0F;

  friend bool operator==(const Detection&, const Detection&) = default;
};

}  // namespace yolofleet
