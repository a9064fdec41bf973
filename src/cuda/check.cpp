#include "cuda/check.hpp"

#include <fmt/format.h>

namespace yolofleet::cuda {

CudaError::CudaError(cudaError_t code, const char* function, int line)
    : std::runtime_error(fmt::format("{} ({}) in {}, line {}", cudaGetErrorString(code),
                                     cudaGetErrorName(code), function, line)),
      code_(code) {}

Error error_of(const CudaError& error, std::string_view where) {
  const bool memory = error.code() == cudaErrorMemoryAllocation;
  return {memory ? ErrorCode::kTooLarge : ErrorCode::kDevice,
          fmt::format("{}: {}", where, error.what())};
}

void check(cudaError_t code, const char* function, int line) {
  if (code != cudaSuccess) {
    static_cast<void>(cudaGetLastError());
    throw CudaError(code, function, line);
  }
}

void check_launch(const char* function, int line) {
  check(cudaGetLastError(), function, line);
}

}  // namespace yolofleet::cuda
