#pragma once

#include <exception>
#include <future>
#include <string>
#include <utility>

#include "cuda/check.hpp"

namespace yolofleet::cuda {

/// Makes a device current for the calling thread; restores the caller's at the end of the scope.
/// Going back makes a context on the device that it goes back to, if there is none yet: that takes
/// some hundred MiB there and fails on a broken device. So what is long or happens in threads of
/// our own has its device current from the start (`make_current`, `with_device`), and guards in it
/// change nothing.
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

/// Makes a device current for good: for the begin of a thread of our own. That it can't be is told
/// by the first call that needs it.
inline void make_current(int device) noexcept {
  static_cast<void>(cudaSetDevice(device));
  static_cast<void>(cudaGetLastError());
}

/// Runs `work` with a device current in a thread of its own and waits for it: the caller's current
/// device stays, and no other device is touched. Gives and throws what `work` does. Where the
/// device can't be made current, `work` isn't run: throws CudaError.
template <typename Work>
auto with_device(int device, Work&& work) {
  return std::async(std::launch::async,
                    [&] {
                      check(cudaSetDevice(device), "with_device");
                      return work();
                    })
      .get();
}

/// As with_device, of work that gives a Result: a CudaError becomes its error, "cuda:1: ...".
template <typename Work>
auto try_with_device(int device, Work&& work) -> decltype(work()) {
  try {
    return with_device(device, std::forward<Work>(work));
  } catch (const CudaError& error) {
    return tl::unexpected(error_of(error, "cuda:" + std::to_string(device)));
  }
}

/// For destructors: runs `work`, which must not throw, with a device current. If the device can't be
/// made current, `work` isn't run at all; the resources then are gone with the device, or stay until
/// the process ends.
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
