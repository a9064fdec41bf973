#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "eval/options.hpp"
#include "input/source.hpp"
#include "output/sink.hpp"
#include "run/run.hpp"
#include "shared/signals.hpp"
#include "yolofleet/model.hpp"
#include "yolofleet/options.hpp"

namespace yolofleet::command {

/// The pictures, and the sink of their detections.
struct EvalWork {
  const Model& model;
  Options options;
  std::vector<Entry> entries;
  std::unique_ptr<Sink> sink;         ///< gets the outcomes in the order of `entries`
  std::vector<std::string> warnings;  ///< printed first
};

/// How the detecting ended.
struct EvalRun {
  RunReport run;
  std::vector<std::string> devices;  ///< as they describe themselves
  bool unused_device = false;        ///< one failed the self-test
  /// Set if nothing is left to measure: the command ends with this code. Its message is printed.
  std::optional<int> exit_code;
};

/// Opens the devices and detects in all pictures.
EvalRun detect_all(const EvalArguments& arguments, EvalWork work, StopSignals& stop);

/// The command's exit code, from that of writing the results.
int eval_exit_code(const EvalRun& ran, int written) noexcept;

}  // namespace yolofleet::command
