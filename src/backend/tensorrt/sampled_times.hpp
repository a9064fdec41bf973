#pragma once

#include <cstddef>
#include <mutex>

#include "backend/tensorrt/stage_marks.hpp"

namespace yolofleet::backend::tensorrt {

/// What a lane's batches took on the device, where the times of some only are taken. Thread-safe.
class SampledTimes {
 public:
  /// Counts a batch whose times aren't taken.
  void add() {
    const std::lock_guard lock{mutex_};
    ++since_;
  }

  /// Counts one whose times are: it speaks for those since the one before, too.
  void add(const CudaTimes::Sample& times) {
    const std::lock_guard lock{mutex_};
    last_ = times;
    measured_ = sum_of(since_ + 1);
    since_ = 0;
  }

  /// Of all batches; the last one speaks for those since, and before the first they count nothing.
  CudaTimes::Sample sum() const {
    const std::lock_guard lock{mutex_};
    return sum_of(since_);
  }

 private:
  CudaTimes::Sample sum_of(int more) const {
    CudaTimes::Sample sum = measured_;
    for (std::size_t i = 0; i < sum.size(); ++i) {
      sum[i] += last_[i] * more;
    }
    return sum;
  }

  mutable std::mutex mutex_;
  CudaTimes::Sample measured_{};
  CudaTimes::Sample last_{};
  int since_ = 0;  ///< the last that was measured
};

}  // namespace yolofleet::backend::tensorrt
