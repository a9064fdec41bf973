#pragma once

#include <string>
#include <utility>
#include <vector>

#include "graph/limits.hpp"

namespace yolofleet::darknet {

inline bool has_room_for_warning(const std::vector<std::string>& warnings) {
  return warnings.size() < graph::limits::kMaxWarnings;
}

/// Adds a warning about a model's files. After limits::kMaxWarnings, a last one says that there are
/// more.
inline void add_warning(std::vector<std::string>& warnings, std::string warning) {
  if (has_room_for_warning(warnings)) {
    warnings.push_back(std::move(warning));
  } else if (warnings.size() == graph::limits::kMaxWarnings) {
    warnings.emplace_back("there are more warnings, which are left out");
  }
}

}  // namespace yolofleet::darknet
