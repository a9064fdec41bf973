#pragma once

#include <NvInferRuntime.h>

#include <mutex>
#include <string>

#include "yolofleet/error.hpp"

namespace yolofleet::backend::tensorrt {

/// Keeps TensorRT's error messages for our own errors; prints nothing. Thread-safe.
class Logger final : public nvinfer1::ILogger {
 public:
  void log(Severity severity, const char* message) noexcept override;

  /// The messages since the last call, the oldest first, separated by "; ". "no reason given" if
  /// there are none.
  std::string take_errors();

 private:
  std::mutex mutex_;
  std::string errors_;
};

/// The error code for a failure with these messages: kTooLarge if the device had no memory left,
/// else kDevice.
ErrorCode code_of(const std::string& reasons);

}  // namespace yolofleet::backend::tensorrt
