#pragma once

#include <nanobind/nanobind.h>

#include <atomic>
#include <chrono>
#include <future>
#include <thread>
#include <utility>

#include "unlocked.hpp"

namespace yolofleet::python {

/// How long a wait goes on before it looks for signals.
inline constexpr std::chrono::milliseconds kLook{20};

/// Raises KeyboardInterrupt, or what another signal handler raised. The caller holds the GIL.
inline void raise_if_interrupted() {
  if (PyErr_CheckSignals() != 0) {
    throw nanobind::python_error();
  }
}

/// Threads of `wait_for` that are at work.
inline std::atomic<int> working = 0;

/// Runs `work`, which must not touch Python, in a thread of its own and waits for its result with
/// the GIL released. Calls `look` with the GIL about 50 times a second. An exception of `look` and
/// a signal end the wait; the thread then goes on alone, and drops its result.
template <typename Work, typename Look>
auto wait_for(Work work, Look look) {
  std::packaged_task<decltype(work())()> task(std::move(work));
  auto future = task.get_future();
  ++working;
  try {
    std::thread([task = std::move(task)]() mutable {
      std::exchange(task, {})();  // also drops its result if nobody waits any more
      --working;
    }).detach();
  } catch (...) {  // no thread was started
    --working;
    throw;
  }
  while (true) {
    {
      const Unlocked unlocked;
      if (future.wait_for(kLook) == std::future_status::ready) {
        break;
      }
    }
    raise_if_interrupted();
    look();
  }
  look();
  return future.get();
}

}  // namespace yolofleet::python
