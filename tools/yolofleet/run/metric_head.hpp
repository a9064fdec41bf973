#pragma once

#include <fmt/format.h>

#include <string>

namespace yolofleet::command {

/// The lines before the values of a metric in Prometheus' text format.
inline std::string metric_head(const char* name, const char* type, const char* help) {
  return fmt::format("# HELP {0} {1}\n# TYPE {0} {2}\n", name, help, type);
}

}  // namespace yolofleet::command
