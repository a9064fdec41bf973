#pragma once

#include "eval/options.hpp"
#include "yolofleet/options.hpp"

namespace yolofleet::command {

/// Measures mean average precision on YOLO label files, as `darknet detector map` does, and prints
/// it. Returns the exit code.
int eval_labels(const EvalArguments& arguments, const Options& options);

}  // namespace yolofleet::command
