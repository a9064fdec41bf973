#pragma once

#include <cuda_fp16.h>
#include <cuda_runtime_api.h>

#include <cstddef>

namespace yolofleet::ops {

/// output[i] = mish(input[i]) for `count` elements in device memory of the current device; the
/// formula is `formulas::mish` of graph/activation.hpp, in float arithmetic for both types. Any
/// count; fastest where both pointers are aligned to 16 bytes. `output` may be `input`. Returns
/// when the kernel is on `stream`; throws cuda::CudaError if it could not be launched.
void enqueue_mish(const float* input, float* output, std::size_t count, cudaStream_t stream);
void enqueue_mish(const __half* input, __half* output, std::size_t count, cudaStream_t stream);

}  // namespace yolofleet::ops
