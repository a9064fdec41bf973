#include <algorithm>
#include <cstdint>

#include "cuda/check.hpp"
#include "ops/mish_cuda.hpp"

namespace yolofleet::ops {
namespace {

constexpr unsigned kThreads = 256;
constexpr std::size_t kMostBlocks = 1U << 20U;

/// x tanh(log(1 + e^x)) = x n / (n + 2) with n = e^x (e^x + 2): one exponential, and no logarithm
/// that would lose the small values. From 20 on the quotient is 1 in float, before n overflows.
__device__ float mish(float x) {
  const float e = __expf(fminf(x, 20.0F));
  const float n = e * (e + 2.0F);
  return x * __fdividef(n, n + 2.0F);
}

__device__ void mish_in_place(float& x) {
  x = mish(x);
}
__device__ void mish_in_place(__half& x) {
  x = __float2half_rn(mish(__half2float(x)));
}

/// 16 bytes of elements, loaded and stored at once.
template <typename T>
struct alignas(16) Pack {
  T values[16 / sizeof(T)];
};

template <typename T>
__global__ void mish_packs(const Pack<T>* __restrict__ input, Pack<T>* __restrict__ output,
                           std::size_t count) {
  const std::size_t step = std::size_t{gridDim.x} * blockDim.x;
  for (std::size_t i = std::size_t{blockIdx.x} * blockDim.x + threadIdx.x; i < count; i += step) {
    Pack<T> pack = input[i];
#pragma unroll
    for (T& value : pack.values) {
      mish_in_place(value);
    }
    output[i] = pack;
  }
}

template <typename T>
__global__ void mish_elements(const T* input, T* output, std::size_t count) {
  const std::size_t step = std::size_t{gridDim.x} * blockDim.x;
  for (std::size_t i = std::size_t{blockIdx.x} * blockDim.x + threadIdx.x; i < count; i += step) {
    T value = input[i];
    mish_in_place(value);
    output[i] = value;
  }
}

unsigned blocks_for(std::size_t count) {
  return static_cast<unsigned>(std::min((count + kThreads - 1) / kThreads, kMostBlocks));
}

bool aligned(const void* pointer) {
  return reinterpret_cast<std::uintptr_t>(pointer) % 16 == 0;
}

template <typename T>
void enqueue(const T* input, T* output, std::size_t count, cudaStream_t stream) {
  constexpr std::size_t kInPack = 16 / sizeof(T);
  const std::size_t packs = aligned(input) && aligned(output) ? count / kInPack : 0;
  if (packs > 0) {
    mish_packs<<<blocks_for(packs), kThreads, 0, stream>>>(
        reinterpret_cast<const Pack<T>*>(input), reinterpret_cast<Pack<T>*>(output), packs);
    cuda::check_launch();
  }
  const std::size_t done = packs * kInPack;
  if (done < count) {
    mish_elements<<<blocks_for(count - done), kThreads, 0, stream>>>(input + done, output + done,
                                                                     count - done);
    cuda::check_launch();
  }
}

}  // namespace

void enqueue_mish(const float* input, float* output, std::size_t count, cudaStream_t stream) {
  enqueue(input, output, count, stream);
}

void enqueue_mish(const __half* input, __half* output, std::size_t count, cudaStream_t stream) {
  enqueue(input, output, count, stream);
}

}  // namespace yolofleet::ops
