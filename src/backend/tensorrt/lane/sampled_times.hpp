#pragma once

#include <cstddef>
#include <mutex>
#include <optional>

#include "backend/tensorrt/lane/stage_marks.hpp"

namespace yolofleet::backend::tensorrt {

/// What a lane's batches took on the device, where the times of some only are taken. Thread-safe.
class SampledTimes {
 public:
  /// Counts a batch whose times aren't taken, as the last one whose were; the ones before the first
  /// count when that comes.
  void add() {
    const std::lock_guard lock{mutex_};
    if (last_) {
      count(*last_, 1);
    } else {
      ++before_first_;
    }
  }

  /// Counts one whose times are.
  void add(const CudaTimes::Sample& times) {
    const std::lock_guard lock{mutex_};
    count(times, 1 + before_first_);
    before_first_ = 0;
    last_ = times;
  }

  /// Of all batches; never falls.
  CudaTimes::Sample sum() const {
    const std::lock_guard lock{mutex_};
    return sum_;
  }

 private:
  void count(const CudaTimes::Sample& times, int batches) {
    for (std::size_t i = 0; i < sum_.size(); ++i) {
      sum_[i] += times[i] * batches;
    }
  }

  mutable std::mutex mutex_;
  CudaTimes::Sample sum_{};
  std::optional<CudaTimes::Sample> last_;
  int before_first_ = 0;
};

}  // namespace yolofleet::backend::tensorrt
