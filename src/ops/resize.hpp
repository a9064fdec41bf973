#pragma once

#include <span>

#include "graph/shape.hpp"
#include "yolofleet/image.hpp"
#include "yolofleet/planes.hpp"

namespace yolofleet::ops {

/// How a picture is fitted into the network's input.
enum class Fit {
  kStretch,    ///< it fills the input; width and height are scaled separately
  kLetterbox,  ///< the aspect ratio is kept, in the middle of the input, with grey around it
};

/// Maps positions in a picture to positions in the network's input, both in pixels:
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

/// The area that a width x height picture fills in `input`. Letterboxing follows Darknet's
/// `letterbox_image` (src/image.c): the side that limits the scale fills the input, the other side
/// is rounded down, and half of the gap, rounded down, is at the top or left. A side that Darknet
/// would round down to 0 is 1 pixel. Precondition: all sides are at least 1.
Area fitted_area(int width, int height, graph::Shape input, Fit fit) noexcept;

/// Resizes a picture to a network's input: `output` is channels x height x width floats from 0 to
/// 1, as planes in the order R, G, B, or one grey plane.
///
/// Values are pixel / 255, interpolated as Darknet's own `resize_image` does (src/image.c; what its
/// `detector test`, `valid` and `map` use): bilinear with the corners aligned, so that target
/// pixel i of n reads at i * (N - 1) / (n - 1) of the source's N, columns first, then rows.
/// OpenCV's bilinear interpolation (centres aligned) is different: with it yolov4-tiny's
/// confidences on photos differ from Darknet's by up to 0.1. A picture of the input's size is
/// copied exactly. Darknet reads the last row at a rounded position, which for some heights makes
/// it almost black (docs/models.md), and divides by zero if the target is 1 pixel high; here the
/// last source row is used in both cases, as Darknet does for columns.
///
/// A grey picture fills all three planes. For one plane, colour becomes grey as in Darknet's image
/// reader: (77 R + 150 G + 29 B) / 256, rounded down, before interpolation. Letterboxing
/// fills the rest with 0.5.
///
/// Preconditions: a valid view; `input.channels` is 1 or 3; `output.size()` is `input.elements()`.
/// Returns the mapping from the picture to the input. (Darknet maps letterboxed boxes back with
/// half gaps that are not rounded, up to half a pixel of the input away from where it put the
/// pixels.)
Placement resize(const ImageView& picture, graph::Shape input, Fit fit, std::span<float> output);

/// The same for a picture in planes: gives the values of `resize(to_rgb(picture).view(), ...)`, bit
/// by bit.
Placement resize(const PlanesView& picture, graph::Shape input, Fit fit, std::span<float> output);

}  // namespace yolofleet::ops
