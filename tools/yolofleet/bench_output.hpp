#pragma once

#include <string>
#include <vector>

#include "bench_run.hpp"

namespace yolofleet::command {

/// A line for each result, and a heading.
std::string bench_table(const std::vector<BenchResult>& results);

/// One JSON object, indented, with a line feed at the end. What isn't known is null.
std::string bench_json(const std::vector<BenchResult>& results, const Model& model,
                       const BenchPictures& pictures);

}  // namespace yolofleet::command
