#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "backend/cpu/executor.hpp"

namespace yolofleet::backend::cpu {

/// What a FakeExecutor shows of itself and is told to do; outlives it.
struct Script {
  /// Called by each `infer`, with how many came before it; what it returns or throws, `infer` does.
  std::function<Result<void>(int)> on_infer;
  /// What head 0 gives after each `infer`.
  std::vector<float> head;
  std::size_t input_size = 0;
  int requests_that_work = 1000;  ///< the next one fails

  std::atomic<int> infers{0};
  std::mutex mutex;
  std::vector<std::vector<float>> inputs;  ///< of each `infer`
};

/// Runs nothing: gives the script's numbers for whatever picture.
std::unique_ptr<Executor> fake_executor(Script& script);

}  // namespace yolofleet::backend::cpu
