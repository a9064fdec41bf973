#pragma once

#include <cstddef>

#include "cuda/handles.hpp"

namespace yolofleet::cuda {

/// Owns memory and knows its size. Move-only.
template <cudaError_t (*release)(void*)>
class Buffer {
 public:
  Buffer() = default;

  template <typename T>
  T* as() const noexcept {
    return static_cast<T*>(memory_.get());
  }
  void* get() const noexcept { return memory_.get(); }
  std::size_t bytes() const noexcept { return bytes_; }

 protected:
  Buffer(int device, void* memory, std::size_t bytes) : memory_(device, memory), bytes_(bytes) {}

 private:
  Owner<void*, release> memory_;
  std::size_t bytes_ = 0;
};

cudaError_t free_device(void* memory);
cudaError_t free_pinned(void* memory);

/// Owns device memory.
class DeviceBuffer : public Buffer<free_device> {
 public:
  DeviceBuffer() = default;
  /// Uninitialised memory by cudaMalloc. Throws CudaError (cudaErrorMemoryAllocation).
  DeviceBuffer(int device, std::size_t bytes);
};

/// Owns page-locked host memory, which every device copies from and to without staging.
class PinnedBuffer : public Buffer<free_pinned> {
 public:
  PinnedBuffer() = default;
  /// Uninitialised memory, allocated in the context of `device`. Throws CudaError.
  PinnedBuffer(int device, std::size_t bytes);
};

/// The kind of memory that a pointer is to, and its device. Memory that CUDA doesn't know has the
/// type cudaMemoryTypeUnregistered. Waits for nothing.
cudaPointerAttributes attributes_of(const void* memory) noexcept;

/// The free bytes of a device's memory. Throws CudaError.
std::size_t free_bytes(int device);

}  // namespace yolofleet::cuda
