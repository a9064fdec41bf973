#pragma once

#include <string>

#include "yolofleet/model.hpp"

namespace yolofleet::command {

/// The layers as Darknet prints them at its start, with parameters and FLOPs of each, then the
/// heads and the sums.
std::string model_table(const Model& model);

/// The same as a JSON object; shapes are [width, height, channels].
std::string model_json(const Model& model);

}  // namespace yolofleet::command
