#pragma once

#include <span>
#include <string>

#include "output/sink.hpp"

namespace yolofleet::command {

/// The object of one picture in the file of Darknet's `-out` (`detection_to_json`, src/network.c):
/// frame_id (the picture's place in the input, from 1), filename, and objects with class_id, name,
/// relative_coordinates (centre and size as parts of the picture, not clipped to it) and
/// confidence. Unlike Darknet it escapes names, so it is always JSON. Precondition: the picture
/// didn't fail.
std::string darknet_json(const Outcome& outcome, std::span<const std::string> names);

}  // namespace yolofleet::command
