#pragma once

#include <nlohmann/json.hpp>
#include <optional>

#include "shared/text.hpp"

namespace yolofleet::command {

/// The number with the digits that json_number gives it; null for infinity, which JSON can't
/// express.
inline nlohmann::ordered_json as_json_number(float value) {
  return nlohmann::ordered_json::parse(json_number(value));
}

/// The number; null if there is none.
inline nlohmann::ordered_json as_json_number(const std::optional<double>& value) {
  return value ? nlohmann::ordered_json(*value) : nlohmann::ordered_json();
}

}  // namespace yolofleet::command
