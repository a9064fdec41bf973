#pragma once

#include <cstddef>
#include <mutex>
#include <optional>

#include "backend/tensorrt/lane/stage_marks.hpp"

namespace yolofleet::backend::tensorrt {

/// Estimates the time of all of a lane's batches on the device, of which only some are measured.
/// Thread-safe.
class SampledTimes {
 public:
  /// Counts an untimed batch with the last measured times. Batches before the first measured one
  /// are counted together with it.
  void add() {
    const std::lock_guard lock{mutex_};
    if (last_) {
      count(*last_, 1);
    } else {
      ++before_first_;
    }
  }

  /// Counts a measured batch.
  void add(const CudaTimes::Sample& times) {
    const std::lock_guard lock{mutex_};
    count(times, 1 + before_first_);
    before_first_ = 0;
    last_ = times;
  }

  /// The times of all batches so far; never decreases.
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
