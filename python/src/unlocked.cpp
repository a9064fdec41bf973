#include "unlocked.hpp"

#include <unistd.h>

#include <atomic>
#include <chrono>
#include <thread>

namespace yolofleet::python {
namespace {

std::atomic<bool> ending = false;
std::atomic<std::thread::id> last_thread;
std::atomic<int> coming_back = 0;  // threads that wait for the GIL

}  // namespace

Unlocked::~Unlocked() {
  // First, so that either end_of_interpreter waits for this thread or this thread sees `ending`.
  ++coming_back;
  if (ending && std::this_thread::get_id() != last_thread.load()) {
    --coming_back;
    while (true) {
      ::pause();
    }
  }
  PyEval_RestoreThread(state_);
  --coming_back;
}

void end_of_interpreter() {
  last_thread = std::this_thread::get_id();
  ending = true;
  PyThreadState* const state = PyEval_SaveThread();
  while (coming_back > 0) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  PyEval_RestoreThread(state);
}

void forget_threads() {
  coming_back = 0;
}

}  // namespace yolofleet::python
