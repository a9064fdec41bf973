#pragma once

#include <mutex>
#include <utility>
#include <vector>

#include "backend/lane.hpp"

namespace yolofleet::fleet {

/// Where a lane's finished batches go. It may change, and a lane that is given up may outlive
/// everything that it once led to.
///
/// Thread safety: all members, from any number of threads.
class Outlet {
 public:
  /// From now on to `sink`; nowhere if that is empty. Waits for a batch that is on its way to the
  /// one before.
  void lead_to(backend::OnFinished sink) {
    const std::lock_guard lock{mutex_};
    sink_ = std::move(sink);
  }

  /// The lane's OnFinished.
  void pass(std::vector<PictureResult> results, std::vector<backend::Job> jobs) {
    const std::lock_guard lock{mutex_};
    if (sink_) {
      sink_(std::move(results), std::move(jobs));
    }
  }

 private:
  std::mutex mutex_;
  backend::OnFinished sink_;
};

}  // namespace yolofleet::fleet
