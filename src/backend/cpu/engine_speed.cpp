#include "backend/cpu/engine_speed.hpp"

#include <memory>
#include <optional>
#include <random>
#include <thread>
#include <utility>
#include <vector>

namespace yolofleet::backend::cpu {
namespace {

using Clock = std::chrono::steady_clock;

/// One thread's part.
struct Runner {
  std::unique_ptr<Request> request;
  std::uint64_t pictures = 0;
  double per_second = 0;
  std::optional<Error> error;

  /// At least one picture.
  void run_for(std::chrono::duration<double> time) {
    std::uint64_t done = 0;
    const auto begin = Clock::now();
    std::chrono::duration<double> passed{};
    do {
      if (auto ran = request->infer(); !ran) {
        error = std::move(ran).error();
        return;
      }
      ++done;
      passed = Clock::now() - begin;
    } while (passed < time);
    pictures += done;
    per_second = static_cast<double>(done) / passed.count();
  }
};

}  // namespace

Result<DeviceSpeed> measure_engine(const CpuEngine& engine, const SpeedRun& run) {
  std::vector<Runner> runners(static_cast<std::size_t>(engine.streams));
  std::mt19937 random{1};
  for (Runner& runner : runners) {
    auto request = engine.executor->create_request();
    if (!request) {
      return tl::unexpected(std::move(request).error());
    }
    runner.request = *std::move(request);
    for (float& value : runner.request->input()) {
      value = std::uniform_real_distribution<float>{0, 1}(random);
    }
  }
  std::vector<std::jthread> threads;  // join, also where one can't be started
  threads.reserve(runners.size());
  for (Runner& runner : runners) {
    threads.emplace_back([&runner, &run] {
      runner.run_for(run.warm_up);
      if (!runner.error) {
        runner.run_for(run.measured);
      }
    });
  }
  threads.clear();
  DeviceSpeed speed;
  speed.device = "cpu";
  speed.description = engine.description;
  speed.slots = runners.size();
  speed.seconds = run.measured.count();
  for (Runner& runner : runners) {
    if (runner.error) {
      return tl::unexpected(*std::move(runner.error));
    }
    speed.batches += runner.pictures;
    speed.per_second += runner.per_second;
  }
  return speed;
}

}  // namespace yolofleet::backend::cpu
