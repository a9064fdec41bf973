#pragma once

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

/// Runs a program, found by PATH unless its name has a slash, with `input` as its standard input,
/// and waits for its end. Errors: kNotFound (it can't be started, and why), kIo (no room for what
/// goes in and out).
Result<ProcessEnd> run_process(const std::vector<std::string>& command, std::string_view input);

}  // namespace yolofleet::command
