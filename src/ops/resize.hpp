#pragma once

#include <span>

#include "graph/shape.hpp"
#include "yolofleet/image.hpp"

namespace yolofleet::ops {

/// How a picture is fitted into the network's input.
enum class Fit {
  kStretch,    ///< to the whole of the input
  kLetterbox,  ///< one factor for both sides, in the middle, grey around it
};

/// Where a picture's pixels lie in the network's input, in pixels of the input:
/// input = offset + picture * scale.
struct Placement {
  float scale_x = 1.0F;
  float scale_y = 1.0F;
  float offset_x = 0.0F;
  float offset_y = 0.0F;
};

/// The part of the input that a picture fills, in pixels of the input.
struct Area {
  int x = 0;
  int y = 0;
  int width = 0;   ///< at least 1
  int height = 0;  ///< at least 1

  friend bool operator==(const Area&, const Area&) = default;
};

/// The area that a width x height picture fills in `input`. Letterboxing as Darknet's
/// `letterbox_image` (src/image.c): the side that is the tighter fit takes the whole length, the
/// other is rounded down, both gaps are halved and rounded down. A side that Darknet would round
/// down to nothing is 1 pixel. Precondition: all sides at least 1.
Area fitted_area(int width, int height, graph::Shape input, Fit fit) noexcept;

/// Makes a picture the input of a network: `output` is channels x height x width floats of 0 to 1,
/// planes in the order R, G, B, or one plane of grey.
///
/// Values are pixel / 255, interpolated as Darknet's own `resize_image` does (src/image.c; what its
/// `detector test`, `valid` and `map` use): bilinear with the corners aligned, so that target
/// pixel i of n reads at i * (N - 1) / (n - 1) of the source's N, columns first, then rows.
/// It isn't OpenCV's bilinear (centres aligned): that moves yolov4-tiny's confidences on photos by
/// up to 0.1 away from Darknet's. A picture of the input's size is copied exactly.
/// Where Darknet reads its last row at a rounded position and so darkens it, and where it divides
/// by zero (a target 1 pixel high), the last source row is taken, as Darknet does with columns.
///
/// A grey picture fills all three planes. For one plane, colour becomes grey as Darknet's image
/// reader does it: (77 R + 150 G + 29 B) / 256, rounded down, before interpolation. Letterboxing
/// fills the rest with 0.5.
///
/// Preconditions: a valid view; `input.channels` is 1 or 3; `output.size()` is its elements.
/// Returns where the picture's pixels lie. (Darknet maps letterboxed boxes back with gaps that are
/// halved without rounding: half a pixel of the input beside where it put the pixels.)
Placement resize(const ImageView& picture, graph::Shape input, Fit fit, std::span<float> output);

}  // namespace yolofleet::ops
