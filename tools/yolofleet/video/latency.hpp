#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace yolofleet::command {

/// Counts times in buckets of a fixed number, so that it takes the same memory for any number of
/// them. Times from 0.1 ms to 400 s are kept within 5 %; others count as the nearest of these.
class LatencyHistogram {
 public:
  void add(double seconds);

  /// The time that `share` of all times don't exceed, 0 to 1; 0.5: the median. 0 if there is none.
  double quantile(double share) const;

  std::uint64_t count() const noexcept { return count_; }
  double sum() const noexcept { return sum_; }

 private:
  static constexpr std::size_t kBuckets = 176;

  std::array<std::uint32_t, kBuckets> buckets_{};
  std::uint64_t count_ = 0;
  double sum_ = 0;
};

}  // namespace yolofleet::command
