#pragma once

#include <exception>
#include <string>

namespace yolofleet::backend::openvino {

/// What an exception of OpenVINO says, on one line and without the places in OpenVINO's own sources
/// that it came by.
std::string reason_of(const std::exception& exception);

}  // namespace yolofleet::backend::openvino
