#include "cuda/check.hpp"

#include <fmt/format.h>

namespace yolofleet::cuda {

CudaError::CudaError(cudaError_t code, const std::source_location& where)
    : std::runtime_error(fmt::format("{} ({}) in {}, line {}", cudaGetErrorString(code),
                                     cudaGetErrorName(code), where.function_name(), where.line())),
      code_(code) {}

void check(cudaError_t code, std::source_location where) {
  if (code != cudaSuccess) {
    static_cast<void>(cudaGetLastError());
    throw CudaError(code, where);
  }
}

void check_launch(std::source_location where) {
  check(cudaGetLastError(), where);
}

}  // namespace yolofleet::cuda
