#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "yolofleet/error.hpp"

namespace yolofleet::command {

/// How a program ended, and what it wrote.
struct ProcessEnd {
  int exit_code = 0;  ///< 128 and a signal's number where that ended it
  std::string output;
  std::string errors;  ///< its standard error
};

using ShallStop = std::function<bool()>;

/// Runs a program, found by PATH unless its name has a slash, with `input` as its standard input,
/// and waits for its end. `shall_stop` is asked every few milliseconds; once it returns true, the
/// program is killed with all that it has started in its process group. Errors: kNotFound (it can't
/// be started, and why), kIo (no memory for input and output), kCancelled (it was killed).
Result<ProcessEnd> run_process(const std::vector<std::string>& command, std::string_view input,
                               const ShallStop& shall_stop = {});

}  // namespace yolofleet::command
