#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "backend/cpu/executor.hpp"

namespace yolofleet::backend::cpu {

/// The properties and the behaviour of a FakeExecutor. Must outlive it.
struct Script {
  /// Called by each `infer` with the number of earlier calls; `infer` returns or throws the same.
  std::function<Result<void>(int)> on_infer;
  /// The values of head 0 after each `infer`.
  std::vector<float> head;
  std::size_t input_size = 0;
  int requests_that_work = 1000;  ///< the next one fails

  std::atomic<int> infers{0};
  std::mutex mutex;
  std::vector<std::vector<float>> inputs;  ///< of each `infer`
};

/// Runs no network: returns the script's values for every picture.
std::unique_ptr<Executor> fake_executor(Script& script);

}  // namespace yolofleet::backend::cpu
