#pragma once

#include <cstddef>
#include <mutex>
#include <optional>

#include "backend/tensorrt/lane/stage_marks.hpp"

namespace yolofleet::backend::tensorrt {

/// Estimates the time that all batches of a lane took on the device, although only some of them are
/// measured. Thread-safe.
class SampledTimes {
 public:
  /// Counts a batch that wasn't measured, with the times of the last measured one. Batches before
  /// the first measured one get its times.
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
