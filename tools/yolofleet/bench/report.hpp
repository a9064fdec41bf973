#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "bench/measure.hpp"

namespace yolofleet::command {

/// "engine of cuda:0, batch 32, slots auto: 1234.5 pictures/s".
std::string bench_line(const BenchResult& result);

/// Prints a line for each measurement on standard error, if that is a terminal.
class BenchProgress {
 public:
  /// `all`: the number of measurements.
  explicit BenchProgress(std::size_t all);

  void show(const BenchResult& result);

 private:
  std::size_t done_ = 0;
  std::size_t all_;
  bool shown_;
};

/// A line for each result, and a heading.
std::string bench_table(const std::vector<BenchResult>& results);

/// One JSON object, indented, with a line feed at the end. Unknown values are null.
std::string bench_json(const std::vector<BenchResult>& results, const Model& model,
                       const BenchPictures& pictures, const Options& options);

}  // namespace yolofleet::command
