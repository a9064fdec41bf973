#pragma once

#include <NvInferRuntime.h>

#include <mutex>
#include <string>

#include "yolofleet/error.hpp"

namespace yolofleet::backend::tensorrt {

/// Keeps TensorRT's errors, so that they can stand in ours; prints nothing. Thread-safe.
class Logger final : public nvinfer1::ILogger {
 public:
  void log(Severity severity, const char* message) noexcept override;

  /// The errors since the last call, the first ones first, separated by "; "; or "no reason given".
  std::string take_errors();

 private:
  std::mutex mutex_;
  std::string errors_;
};

/// What a failure with these reasons is: kTooLarge where the device had no memory left, else
/// kDevice.
ErrorCode code_of(const std::string& reasons);

}  // namespace yolofleet::backend::tensorrt
