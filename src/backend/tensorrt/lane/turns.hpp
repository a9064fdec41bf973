#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

namespace yolofleet::backend::tensorrt {

/// The order in which a device computes batches: so many at once, the next when the first of them
/// is done. `Slot` is any type; only its address counts. Not for several threads at once.
template <typename Slot, std::size_t kAtOnce>
class Turns {
 public:
  /// A batch is about to be enqueued from `slot`: the slot whose batch, kAtOnce ago, is to be done
  /// before. Null where there is none, or where that slot has been filled again since, for which
  /// its batch had to be done.
  const Slot* take(const Slot& slot) {
    const Slot* const earlier = latest_[next_];
    latest_[next_] = &slot;
    next_ = (next_ + 1) % kAtOnce;
    const bool filled_again = std::find(latest_.begin(), latest_.end(), earlier) != latest_.end();
    return filled_again ? nullptr : earlier;
  }

 private:
  std::array<const Slot*, kAtOnce> latest_{};
  std::size_t next_ = 0;  ///< of latest_: the oldest
};

}  // namespace yolofleet::backend::tensorrt
