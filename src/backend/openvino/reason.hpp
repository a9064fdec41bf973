#pragma once

#include <exception>
#include <string>

namespace yolofleet::backend::openvino {

/// The message of an OpenVINO exception on one line, without the places in OpenVINO's sources that
/// it names.
std::string reason_of(const std::exception& exception);

}  // namespace yolofleet::backend::openvino
