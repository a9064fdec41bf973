#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace yolofleet::testing {

/// A stretch of time, nanoseconds; `end` is not of it.
struct Interval {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;

  friend bool operator==(const Interval&, const Interval&) = default;
};

/// By time and apart from each other: what `merged` gives.
using Intervals = std::vector<Interval>;

/// The time that any of these covers.
inline Intervals merged(Intervals any) {
  std::sort(any.begin(), any.end(),
            [](const Interval& a, const Interval& b) { return a.begin < b.begin; });
  Intervals result;
  for (const Interval& one : any) {
    if (one.end <= one.begin) {
      continue;
    }
    if (!result.empty() && one.begin <= result.back().end) {
      result.back().end = std::max(result.back().end, one.end);
    } else {
      result.push_back(one);
    }
  }
  return result;
}

inline std::uint64_t total(const Intervals& intervals) {
  std::uint64_t sum = 0;
  for (const Interval& one : intervals) {
    sum += one.end - one.begin;
  }
  return sum;
}

/// The time that both cover; of merged ones.
inline Intervals common(const Intervals& a, const Intervals& b) {
  Intervals result;
  auto left = a.begin();
  auto right = b.begin();
  while (left != a.end() && right != b.end()) {
    const Interval both{std::max(left->begin, right->begin), std::min(left->end, right->end)};
    if (both.begin < both.end) {
      result.push_back(both);
    }
    (left->end < right->end ? left : right)++;
  }
  return result;
}

/// The time between the first and the last that none covers; of merged ones.
inline Intervals gaps(const Intervals& intervals) {
  Intervals result;
  for (std::size_t i = 1; i < intervals.size(); ++i) {
    result.push_back({intervals[i - 1].end, intervals[i].begin});
  }
  return result;
}

}  // namespace yolofleet::testing
