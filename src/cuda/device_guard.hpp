#pragma once

#include <utility>

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

/// Runs `work`, which must not throw, with a device current; for destructors: on a device that is
/// gone it does nothing, as what belonged to it is gone with it.
template <typename Work>
void at_end(int device, Work&& work) noexcept {
  try {
    const DeviceGuard guard{device};
    std::forward<Work>(work)();
  } catch (const CudaError&) {  // NOLINT(bugprone-empty-catch): there is nothing left to release
  }
}

}  // namespace yolofleet::cuda
