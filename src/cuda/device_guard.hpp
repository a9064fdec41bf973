#pragma once

#include "cuda/check.hpp"

namespace yolofleet::cuda {

/// Makes a device current for the calling thread; restores the caller's at the end of the scope.
/// The only place where the current device changes.
class DeviceGuard {
 public:
  /// Throws CudaError if there is no such device.
  explicit DeviceGuard(int device) {
    check(cudaGetDevice(&previous_));
    if (device != previous_) {
      check(cudaSetDevice(device));
      changed_ = true;
    }
  }
  DeviceGuard(const DeviceGuard&) = delete;
  DeviceGuard& operator=(const DeviceGuard&) = delete;
  ~DeviceGuard() {
    if (changed_) {
      static_cast<void>(cudaSetDevice(previous_));
    }
  }

 private:
  int previous_ = 0;
  bool changed_ = false;
};

}  // namespace yolofleet::cuda
