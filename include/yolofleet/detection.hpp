#pragma once

#include <vector>

namespace yolofleet {

/// A rectangle in pixels of the picture it belongs to (the picture as shown: after its EXIF
/// orientation). Origin top left, x to the right, y down. Not clipped: a box may reach over the
/// picture's edges.
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
  int class_id = 0;         ///< from 0; indexes the model's names
  float confidence = 0.0F;  ///< objectness times class probability, 0 to 1

  friend bool operator==(const Detection&, const Detection&) = default;
};

}  // namespace yolofleet
