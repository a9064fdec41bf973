#include "shared/inference_json.hpp"

#include <nlohmann/json.hpp>

#include "shared/device_options.hpp"
#include "shared/inference_options.hpp"
#include "shared/json_number.hpp"

namespace yolofleet::command {

nlohmann::ordered_json inference_json(const Model& model, const Options& options) {
  return {{"model", model.name()},
          {"input", {{"width", model.input_size().width}, {"height", model.input_size().height}}},
          {"resize", resize_word(options.resize, model.letterbox())},
          {"confidence", as_json_number(options.confidence)},
          {"nms", as_json_number(options.nms)},
          {"max_detections", options.max_detections}};
}

nlohmann::ordered_json decode_json(const Options& options) {
  return {{"decode", decode_word(options.decode)},
          {"decode_scale", decode_scale_word(options.decode_scale)}};
}

nlohmann::ordered_json error_json(const std::optional<Error>& error) {
  if (!error) {
    return nullptr;
  }
  return {{"code", to_string(error->code)}, {"message", error->message}};
}

nlohmann::ordered_json decoders_json(const FleetReport& report) {
  nlohmann::ordered_json decoders = nlohmann::ordered_json::array();
  for (const DecoderReport& decoder : report.decoders) {
    decoders.push_back({{"device", decoder.device},
                        {"pictures", decoder.pictures},
                        {"busy_seconds", decoder.busy_seconds},
                        {"error", error_json(decoder.error)}});
  }
  return decoders;
}

}  // namespace yolofleet::command
