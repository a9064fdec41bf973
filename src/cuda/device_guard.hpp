#pragma once

#include <exception>
#include <future>
#include <string>
#include <utility>

#include "cuda/check.hpp"

namespace yolofleet::cuda {

/// Makes a device current for the calling thread, and the previous one again at the end of the
/// scope. Restoring creates a context on the previous device if it has none, which takes some
/// hundred MiB there and fails on a broken device. Therefore the library's own threads and long
/// work have their device current from the start (`make_current`, `with_device`), and guards in
/// them change nothing.
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

/// Makes a device current until the thread ends; for the start of the library's own threads. If
/// that fails, the first call that needs the device reports it.
inline void make_current(int device) noexcept {
  static_cast<void>(cudaSetDevice(device));
  static_cast<void>(cudaGetLastError());
}

/// Runs `work` with a device current in a new thread and waits for it. The caller's current device
/// doesn't change, and no other device is touched. Returns or throws what `work` does. Throws
/// CudaError, without running `work`, if the device can't be made current.
template <typename Work>
auto with_device(int device, Work&& work) {
  return std::async(std::launch::async,
                    [&] {
                      check(cudaSetDevice(device), "with_device");
                      return work();
                    })
      .get();
}

/// As with_device, for work that returns a Result: a CudaError becomes an Error, "cuda:1: ...".
template <typename Work>
auto try_with_device(int device, Work&& work) -> decltype(work()) {
  try {
    return with_device(device, std::forward<Work>(work));
  } catch (const CudaError& error) {
    return tl::unexpected(error_of(error, "cuda:" + std::to_string(device)));
  }
}

/// For destructors: runs `work`, which must not throw, with a device current. If the device can't
/// be made current, `work` isn't run, on this or any other device: its resources are gone with the
/// device or stay until the process ends.
template <typename Work>
void clean_up_with_device(int device, Work&& work) noexcept {
  try {
    int current = 0;
    check(cudaGetDevice(&current));
    if (current == device) {
      work();
    } else {
      with_device(device, std::forward<Work>(work));
    }
  } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): there is nothing left to do
  }
}

}  // namespace yolofleet::cuda
