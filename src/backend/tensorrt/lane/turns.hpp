#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

namespace yolofleet::backend::tensorrt {

/// Limits how many batches a device computes at once to kAtOnce: a batch starts when the one
/// kAtOnce before it is done. `Slot` may be any type, since only addresses are compared. Not
/// thread-safe.
template <typename Slot, std::size_t kAtOnce>
class Turns {
 public:
  /// To be called once for each batch, when it is about to be enqueued from `slot`. Returns the
  /// slot whose batch must finish first: that of the batch kAtOnce before. Returns null if there is
  /// no such batch, or if its slot has been filled again since, which means that it is done.
  const Slot* predecessor_of(const Slot& slot) {
    const Slot* const earlier = latest_[next_];
    latest_[next_] = &slot;
    next_ = (next_ + 1) % kAtOnce;
    const bool filled_again = std::find(latest_.begin(), latest_.end(), earlier) != latest_.end();
    return filled_again ? nullptr : earlier;
  }

 private:
  std::array<const Slot*, kAtOnce> latest_{};
  std::size_t next_ = 0;  ///< index of the oldest in latest_
};

}  // namespace yolofleet::backend::tensorrt
