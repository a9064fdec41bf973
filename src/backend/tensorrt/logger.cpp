#include "backend/tensorrt/logger.hpp"

#include <utility>

namespace yolofleet::backend::tensorrt {
namespace {

constexpr std::size_t kMostKept = 2000;  // characters: the first error tells the reason

}  // namespace

void Logger::log(Severity severity, const char* message) noexcept {
  if (severity > Severity::kERROR) {
    return;
  }
  try {
    const std::lock_guard lock{mutex_};
    if (errors_.size() < kMostKept) {
      errors_.append(errors_.empty() ? "" : "; ").append(message);
    }
  } catch (...) {  // no memory for the message: the failure itself is reported nevertheless
  }
}

std::string Logger::take_errors() {
  const std::lock_guard lock{mutex_};
  std::string errors = std::exchange(errors_, {});
  return errors.empty() ? "no reason given" : errors;
}

ErrorCode code_of(const std::string& reasons) {
  // CUDA's wording, then TensorRT's.
  const bool memory = reasons.find("out of memory") != std::string::npos ||
                      reasons.find("OutOfMemory") != std::string::npos;
  return memory ? ErrorCode::kTooLarge : ErrorCode::kDevice;
}

}  // namespace yolofleet::backend::tensorrt
