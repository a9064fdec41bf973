#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "yolofleet/report.hpp"

namespace yolofleet::backend {

/// Time spent in the stages of a lane, summed over its threads. Thread-safe. `Stage`: an
/// enumeration from 0 on, whose last one is kCount.
template <typename Stage>
class StageTimes {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr auto kStages = static_cast<std::size_t>(Stage::kCount);
  using Sample = std::array<std::chrono::nanoseconds, kStages>;  ///< of every stage

  /// Counts the time since `begin` for a stage; gives the time now, when the next one begins.
  Clock::time_point add(Stage stage, Clock::time_point begin) noexcept {
    const auto now = Clock::now();
    add(stage, std::chrono::duration_cast<std::chrono::nanoseconds>(now - begin));
    return now;
  }

  /// Counts a time that was measured elsewhere.
  void add(Stage stage, std::chrono::nanoseconds time) noexcept {
    nanoseconds_[static_cast<std::size_t>(stage)] += time.count();
  }

  /// `more`: what was counted elsewhere.
  std::vector<StageReport> report(const std::array<const char*, kStages>& names,
                                  const Sample& more = {}) const {
    std::vector<StageReport> stages;
    for (std::size_t i = 0; i < kStages; ++i) {
      stages.push_back({names[i], static_cast<double>(nanoseconds_[i] + more[i].count()) * 1e-9});
    }
    return stages;
  }

 private:
  std::array<std::atomic<std::int64_t>, kStages> nanoseconds_{};
};

}  // namespace yolofleet::backend
