#pragma once

#include <cuda_runtime_api.h>

#include <stdexcept>
#include <string_view>

#include "yolofleet/error.hpp"

namespace yolofleet::cuda {

/// A CUDA call failed: the machine is broken, out of memory or misused. Lanes turn it into a value.
class CudaError : public std::runtime_error {
 public:
  /// `function` and `line`: where it failed.
  CudaError(cudaError_t code, const char* function, int line);
  cudaError_t code() const noexcept { return code_; }

 private:
  cudaError_t code_;
};

/// The same as a value, "`where`: what failed": kTooLarge where there was no memory, else kDevice.
Error error_of(const CudaError& error, std::string_view where);

/// Throws CudaError, naming the caller's line, unless `code` is cudaSuccess. Clears the error that
/// the runtime keeps for cudaGetLastError, so that it isn't met again at an innocent call.
void check(cudaError_t code, const char* function = __builtin_FUNCTION(),
           int line = __builtin_LINE());

/// After a kernel launch: throws if it could not be launched.
void check_launch(const char* function = __builtin_FUNCTION(), int line = __builtin_LINE());

}  // namespace yolofleet::cuda
