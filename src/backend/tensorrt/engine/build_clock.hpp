#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "yolofleet/options.hpp"

namespace yolofleet::backend::tensorrt {

/// Tells `on_build` how long something has taken, as OnBuild says: from a thread of its own, at
/// once and then every `interval`, until this object is destroyed, which tells that it is done.
class BuildClock {
 public:
  /// `progress`: whose, and whether it waits. `on_build` may be empty and must outlive this.
  BuildClock(const OnBuild& on_build, BuildProgress progress,
             std::chrono::milliseconds interval = std::chrono::seconds{1});
  BuildClock(const BuildClock&) = delete;
  BuildClock& operator=(const BuildClock&) = delete;
  ~BuildClock();

  /// Without this the last call says that it failed.
  void went_well();

 private:
  using Clock = std::chrono::steady_clock;

  void run(std::chrono::milliseconds interval);
  void tell();

  const OnBuild& on_build_;
  BuildProgress progress_;
  Clock::time_point start_ = Clock::now();
  std::mutex mutex_;
  std::condition_variable ended_;
  bool end_ = false;
  bool well_ = false;
  std::thread thread_;  // last: it uses the others
};

}  // namespace yolofleet::backend::tensorrt
