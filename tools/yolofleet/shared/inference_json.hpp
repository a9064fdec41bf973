#pragma once

#include <nlohmann/json_fwd.hpp>

#include "yolofleet/model.hpp"
#include "yolofleet/options.hpp"

namespace yolofleet::command {

/// The keys with which a JSON report on detections begins: the model, its input, and the options
/// that decide what is detected.
nlohmann::ordered_json inference_json(const Model& model, const Options& options);

}  // namespace yolofleet::command
