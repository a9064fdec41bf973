#include "shared/inference_json.hpp"

#include <nlohmann/json.hpp>

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

}  // namespace yolofleet::command
