#pragma once

#include <NvInferRuntime.h>

#include <string>

#include "yolofleet/error.hpp"

namespace yolofleet::backend::tensorrt {

/// The logger of all of TensorRT's objects: keeps error messages for our own errors, and prints
/// nothing. TensorRT 8.6 goes on using the logger of the first object after that object is
/// destroyed, from all threads; so there is one logger, which lives as long as the process.
nvinfer1::ILogger& logger();

/// The errors that TensorRT reported in this thread since the last call, the oldest first,
/// separated by "; ". "no reason given" if there are none.
std::string take_errors();

/// The error code for a failure with these messages: kTooLarge if the device had no memory left,
/// else kDevice.
ErrorCode code_of(const std::string& reasons);

}  // namespace yolofleet::backend::tensorrt
