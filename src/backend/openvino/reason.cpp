#include "backend/openvino/reason.hpp"

#include <sstream>

namespace yolofleet::backend::openvino {

std::string reason_of(const std::exception& exception) {
  std::istringstream lines(exception.what());
  std::string reason;
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line.starts_with("Exception from ")) {
      continue;
    }
    const bool goes_on = reason.empty() || reason.back() == ':';
    reason.append(reason.empty() ? "" : (goes_on ? " " : "; ")).append(line);
  }
  return reason.empty() ? exception.what() : reason;
}

}  // namespace yolofleet::backend::openvino
