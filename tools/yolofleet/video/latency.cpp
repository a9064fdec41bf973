#include "video/latency.hpp"

#include <algorithm>
#include <cmath>

namespace yolofleet::command {
namespace {

constexpr double kLeast = 1e-4;
constexpr double kBucketsAnOctave = 8;

}  // namespace

void LatencyHistogram::add(double seconds) {
  const double place = std::log2(std::max(seconds, kLeast) / kLeast) * kBucketsAnOctave;
  ++buckets_[std::min(static_cast<std::size_t>(place), kBuckets - 1)];
  ++count_;
  sum_ += seconds;
}

double LatencyHistogram::quantile(double share) const {
  const double wanted = share * static_cast<double>(count_);
  double seen = 0;
  for (std::size_t bucket = 0; bucket < kBuckets; ++bucket) {
    seen += buckets_[bucket];
    if (seen > 0 && seen >= wanted) {
      const double middle = static_cast<double>(bucket) + 0.5;
      return kLeast * std::exp2(middle / kBucketsAnOctave);
    }
  }
  return 0;
}

}  // namespace yolofleet::command
