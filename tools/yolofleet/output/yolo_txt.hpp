#pragma once

#include <string>

#include "output/sink.hpp"

namespace yolofleet::command {

/// A line "class center_x center_y width height" for each detection, as in Darknet's label files:
/// the box's centre and size as parts of the picture's width and height, clipped to the picture
/// (Darknet refuses labels that reach over it). A box that lies outside of the picture has no line.
/// `confidence`: a sixth column, which label files don't have.
std::string yolo_txt(const PictureResult& result, bool confidence);

}  // namespace yolofleet::command
