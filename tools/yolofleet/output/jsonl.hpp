#pragma once

#include <span>
#include <string>

#include "output/sink.hpp"

namespace yolofleet::command {

/// The JSON object of a picture, on one line that ends in a line feed:
/// {"index", "image", "width", "height", "detections": [{"class_id", "label", "confidence",
/// "box": [x, y, width, height]}]}, or {"index", "image", "error": {"code", "message"}}. After
/// "height" come "detections_cut" and "candidates_dropped" (PictureResult's), each if it isn't 0.
/// A frame has "source", "frame" and "seconds" instead of "image", and the error of a whole video
/// "source". Boxes are in pixels of the picture and not clipped.
std::string jsonl_line(const Outcome& outcome, std::span<const std::string> names);

}  // namespace yolofleet::command
