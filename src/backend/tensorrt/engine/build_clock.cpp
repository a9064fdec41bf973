#include "backend/tensorrt/engine/build_clock.hpp"

#include <utility>

namespace yolofleet::backend::tensorrt {

BuildClock::BuildClock(const OnBuild& on_build, BuildProgress progress,
                       std::chrono::milliseconds interval)
    : on_build_(on_build), progress_(std::move(progress)) {
  if (on_build_) {
    thread_ = std::thread{[this, interval] { run(interval); }};
  }
}

BuildClock::~BuildClock() {
  if (!thread_.joinable()) {
    return;
  }
  {
    const std::lock_guard lock{mutex_};
    end_ = true;
  }
  ended_.notify_one();
  thread_.join();
}

void BuildClock::went_well() {
  const std::lock_guard lock{mutex_};
  well_ = true;
}

void BuildClock::run(std::chrono::milliseconds interval) {
  report();
  std::unique_lock lock{mutex_};
  while (!ended_.wait_for(lock, interval, [this] { return end_; })) {
    report();
  }
  progress_.done = true;
  progress_.failed = !well_;
  report();
}

void BuildClock::report() {
  progress_.seconds = std::chrono::duration<double>(Clock::now() - start_).count();
  on_build_(progress_);
}

}  // namespace yolofleet::backend::tensorrt
