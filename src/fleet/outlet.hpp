#pragma once

#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "backend/lane.hpp"

namespace yolofleet::fleet {

/// Passes a lane's finished batches on to a sink. The sink may be replaced. A lane that doesn't
/// answer and is given up may outlive every sink.
///
/// Thread safety: all members, from any number of threads.
class Outlet {
 public:
  /// Passes batches to `sink` from now on; drops them if it is empty. An earlier batch may still be
  /// on its way to the former sink.
  void lead_to(backend::OnFinished sink) {
    auto next = sink ? std::make_shared<const backend::OnFinished>(std::move(sink)) : nullptr;
    const std::lock_guard lock{mutex_};
    sink_.swap(next);
  }

  /// The lane's OnFinished.
  void pass(std::vector<PictureResult> results, std::vector<backend::Job> jobs) const {
    if (const auto sink = current()) {
      (*sink)(std::move(results), std::move(jobs));
    }
  }

 private:
  std::shared_ptr<const backend::OnFinished> current() const {
    const std::lock_guard lock{mutex_};
    return sink_;
  }

  mutable std::mutex mutex_;
  std::shared_ptr<const backend::OnFinished> sink_;
};

}  // namespace yolofleet::fleet
