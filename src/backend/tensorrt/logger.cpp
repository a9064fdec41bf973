#include "backend/tensorrt/logger.hpp"

#include <utility>

namespace yolofleet::backend::tensorrt {
namespace {

constexpr std::size_t kMostKept = 2000;  // characters: the first error tells the reason

// Of this thread. A function of TensorRT reports its errors in the thread that called it.
thread_local std::string errors_of_thread;

class Logger final : public nvinfer1::ILogger {
 public:
  void log(Severity severity, const char* message) noexcept override {
    if (severity > Severity::kERROR || errors_of_thread.size() >= kMostKept) {
      return;
    }
    try {
      errors_of_thread.append(errors_of_thread.empty() ? "" : "; ").append(message);
    } catch (...) {  // no memory for the message: the failure itself is reported nevertheless
    }
  }
};

}  // namespace

nvinfer1::ILogger& logger() {
  static auto* const forever = new Logger;  // never deleted
  return *forever;
}

std::string take_errors() {
  std::string errors = std::exchange(errors_of_thread, {});
  return errors.empty() ? "no reason given" : errors;
}

ErrorCode code_of(const std::string& reasons) {
  // CUDA's wording, then TensorRT's.
  const bool memory = reasons.find("out of memory") != std::string::npos ||
                      reasons.find("OutOfMemory") != std::string::npos;
  return memory ? ErrorCode::kTooLarge : ErrorCode::kDevice;
}

}  // namespace yolofleet::backend::tensorrt
