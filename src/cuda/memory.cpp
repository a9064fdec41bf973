#include "cuda/memory.hpp"

namespace yolofleet::cuda {
namespace {

template <typename Allocate>
void* allocate(int device, std::size_t bytes, Allocate&& with) {
  const DeviceGuard guard{device};
  void* memory = nullptr;
  check(with(&memory, bytes));
  return memory;
}

}  // namespace

cudaError_t free_device(void* memory) {
  return cudaFree(memory);
}
cudaError_t free_pinned(void* memory) {
  return cudaFreeHost(memory);
}

DeviceBuffer::DeviceBuffer(int device, std::size_t bytes)
    : Buffer(device,
             allocate(device, bytes,
                      [](void** memory, std::size_t size) { return cudaMalloc(memory, size); }),
             bytes) {}

PinnedBuffer::PinnedBuffer(int device, std::size_t bytes)
    : Buffer(device,
             allocate(device, bytes,
                      [](void** memory, std::size_t size) {
                        return cudaHostAlloc(memory, size, cudaHostAllocPortable);
                      }),
             bytes) {}

cudaPointerAttributes attributes_of(const void* memory) noexcept {
  cudaPointerAttributes attributes{};
  if (cudaPointerGetAttributes(&attributes, memory) != cudaSuccess) {
    static_cast<void>(cudaGetLastError());
    return {};
  }
  return attributes;
}

std::size_t free_bytes(int device) {
  const DeviceGuard guard{device};
  std::size_t free = 0;
  std::size_t total = 0;
  check(cudaMemGetInfo(&free, &total));
  return free;
}

}  // namespace yolofleet::cuda
