#pragma once

#include <cstddef>

#include "cuda/handles.hpp"

namespace yolofleet::cuda {

/// Memory and its size; move-only.
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

/// Memory of a device.
class DeviceBuffer : public Buffer<free_device> {
 public:
  DeviceBuffer() = default;
  /// Plain device memory, uninitialised. Throws CudaError (cudaErrorMemoryAllocation).
  DeviceBuffer(int device, std::size_t bytes);
};

/// Page-locked memory of the host, which every device copies from and to without staging.
class PinnedBuffer : public Buffer<free_pinned> {
 public:
  PinnedBuffer() = default;
  /// Uninitialised. `device`: whose context makes it. Throws CudaError.
  PinnedBuffer(int device, std::size_t bytes);
};

/// Bytes of a device's memory that nobody has taken. Throws CudaError.
std::size_t free_bytes(int device);

}  // namespace yolofleet::cuda
