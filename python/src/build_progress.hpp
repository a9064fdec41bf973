#pragma once

#include <nanobind/nanobind.h>

#include <memory>
#include <mutex>
#include <vector>

#include "yolofleet/options.hpp"

namespace yolofleet::python {

/// Takes the progress of engine builds from the library's threads to the thread that waits for
/// them.
class BuildProgressQueue : public std::enable_shared_from_this<BuildProgressQueue> {
 public:
  /// Knows nothing of Python; may outlive the wait.
  OnBuild on_build() {
    return [self = shared_from_this()](const BuildProgress& progress) {
      const std::lock_guard lock{self->mutex_};
      self->waiting_.push_back(progress);
    };
  }

  /// Calls `callback` (None: nothing) with a dict for each progress so far. The caller holds the
  /// GIL.
  void call(const nanobind::object& callback) {
    std::vector<BuildProgress> taken;
    {
      const std::lock_guard lock{mutex_};
      taken.swap(waiting_);
    }
    if (callback.is_none()) {
      return;
    }
    for (const BuildProgress& progress : taken) {
      nanobind::dict state;
      state["device"] = nanobind::str(progress.device.c_str());
      state["seconds"] = progress.seconds;
      state["waiting"] = progress.waiting;
      state["done"] = progress.done;
      state["failed"] = progress.failed;
      callback(state);
    }
  }

 private:
  std::mutex mutex_;
  std::vector<BuildProgress> waiting_;
};

}  // namespace yolofleet::python
