#pragma once

#include <cuda_runtime_api.h>

#include <stdexcept>
#include <string_view>

#include "yolofleet/error.hpp"

namespace yolofleet::cuda {

/// A CUDA call failed: the device is broken or out of memory, or the call was wrong. Lanes turn it
/// into an Error.
class CudaError : public std::runtime_error {
 public:
  /// `function` and `line`: where it failed.
  CudaError(cudaError_t code, const char* function, int line);
  cudaError_t code() const noexcept { return code_; }

 private:
  cudaError_t code_;
};

/// The error as a value, with the message "`where`: what failed": kTooLarge if memory ran out, else
/// kDevice.
Error error_of(const CudaError& error, std::string_view where);

/// Throws CudaError, naming the caller's line, unless `code` is cudaSuccess. Clears the error that
/// the runtime keeps for cudaGetLastError, so that no later call reports it again.
void check(cudaError_t code, const char* function = __builtin_FUNCTION(),
           int line = __builtin_LINE());

/// Call it after a kernel launch: throws CudaError if the launch failed.
void check_launch(const char* function = __builtin_FUNCTION(), int line = __builtin_LINE());

}  // namespace yolofleet::cuda
