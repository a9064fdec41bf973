#pragma once

#include <cstddef>

#include "cuda/handles.hpp"

namespace yolofleet::cuda {

cudaError_t free_device(void* memory);
cudaError_t free_pinned(void* memory);

/// Memory of a device.
class DeviceBuffer {
 public:
  DeviceBuffer() = default;
  /// Plain device memory, uninitialised. Throws CudaError (cudaErrorMemoryAllocation).
  DeviceBuffer(int device, std::size_t bytes);

  template <typename T>
  T* as() const noexcept {
    return static_cast<T*>(memory_.get());
  }
  void* get() const noexcept { return memory_.get(); }
  std::size_t bytes() const noexcept { return bytes_; }

 private:
  Owner<void*, free_device> memory_;
  std::size_t bytes_ = 0;
};

/// Page-locked memory of the host, which every device copies from and to without staging.
class PinnedBuffer {
 public:
  PinnedBuffer() = default;
  /// Uninitialised. `device`: whose context makes it. Throws CudaError.
  PinnedBuffer(int device, std::size_t bytes);

  template <typename T>
  T* as() const noexcept {
    return static_cast<T*>(memory_.get());
  }
  void* get() const noexcept { return memory_.get(); }
  std::size_t bytes() const noexcept { return bytes_; }

 private:
  Owner<void*, free_pinned> memory_;
  std::size_t bytes_ = 0;
};

}  // namespace yolofleet::cuda
