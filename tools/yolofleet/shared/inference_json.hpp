#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>

#include "yolofleet/error.hpp"
#include "yolofleet/model.hpp"
#include "yolofleet/options.hpp"
#include "yolofleet/report.hpp"

namespace yolofleet::command {

/// The keys with which a JSON report on detections begins: the model, its input, and the options
/// that decide what is detected.
nlohmann::ordered_json inference_json(const Model& model, const Options& options);

/// The keys that say how files were decoded: "decode" and "decode_scale".
nlohmann::ordered_json decode_json(const Options& options);

/// Its "code" and "message"; null without an error.
nlohmann::ordered_json error_json(const std::optional<Error>& error);

/// An array with the work of each device's decoder.
nlohmann::ordered_json decoders_json(const FleetReport& report);

}  // namespace yolofleet::command
