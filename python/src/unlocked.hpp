#pragma once

#include <nanobind/nanobind.h>

namespace yolofleet::python {

/// Releases the GIL while it exists, as nanobind::gil_scoped_release does. A thread that takes the
/// GIL again while the interpreter ends is ended by it, in the middle of C++, which aborts the
/// process. So after `end_of_interpreter` only the thread that called that comes back; others stay
/// where they are until the process ends.
class Unlocked {
 public:
  Unlocked() : state_(PyEval_SaveThread()) {}
  Unlocked(const Unlocked&) = delete;
  Unlocked& operator=(const Unlocked&) = delete;
  ~Unlocked();

 private:
  PyThreadState* state_;
};

/// To be called with the GIL, before the interpreter ends.
void end_of_interpreter();

/// To be called in a forked child, which has no thread but the caller.
void forget_threads();

}  // namespace yolofleet::python
