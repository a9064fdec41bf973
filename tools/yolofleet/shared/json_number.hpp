#pragma once

#include <nlohmann/json.hpp>

#include "shared/text.hpp"

namespace yolofleet::command {

/// The number with the digits that json_number gives it; null for infinity, which JSON can't
/// express.
inline nlohmann::ordered_json as_json_number(float value) {
  return nlohmann::ordered_json::parse(json_number(value));
}

}  // namespace yolofleet::command
