#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "yolofleet/options.hpp"

namespace yolofleet::backend::tensorrt {

/// Reports the progress of a build, or of the wait for one, to `on_build` from a thread of its own:
/// at once, then every `interval`. The destructor makes the last report, with BuildProgress::done.
class BuildClock {
 public:
  /// `progress` has the device, and whether it waits for another's build. `on_build` may be empty
  /// and must outlive this object.
  BuildClock(const OnBuild& on_build, BuildProgress progress,
             std::chrono::milliseconds interval = std::chrono::seconds{1});
  BuildClock(const BuildClock&) = delete;
  BuildClock& operator=(const BuildClock&) = delete;
  ~BuildClock();

  /// Marks the build as successful. Without this call the last report says that it failed.
  void went_well();

 private:
  using Clock = std::chrono::steady_clock;

  void run(std::chrono::milliseconds interval);
  void report();

  const OnBuild& on_build_;
  BuildProgress progress_;
  Clock::time_point start_ = Clock::now();
  std::mutex mutex_;
  std::condition_variable ended_;
  bool end_ = false;
  bool well_ = false;
  std::thread thread_;  // last: it uses the other members
};

}  // namespace yolofleet::backend::tensorrt
