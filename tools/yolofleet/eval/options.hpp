#pragma once

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <optional>
#include <string>
#include <vector>

#include "shared/device_options.hpp"
#include "shared/inference_options.hpp"
#include "shared/model_options.hpp"
#include "yolofleet/error.hpp"

namespace yolofleet::command {

/// The arguments of `yolofleet eval`.
struct EvalArguments {
  std::vector<std::string> positional;  ///< MODEL, and ANNOTATIONS, FOLDER; or PICTURES; or nothing
  ModelArguments model;
  DeviceArguments device;
  ResizeArguments resize;
  std::filesystem::path coco_classes;
  std::optional<float> iou;  ///< of label files, as the next two; empty: the default
  std::optional<int> points;
  std::optional<float> map_confidence;
  bool allow_missing = false;
  std::string python;
  std::string keep;
  std::string json;
  bool quiet = false;
  bool no_progress = false;
};

/// Checks the arguments after `take_model`, without reading a file: which way of evaluation they
/// ask for, and whether all options belong to it. Errors: kInvalidArgument.
Result<void> check_eval_use(const EvalArguments& arguments);

/// Adds the options to the subcommand, each with its default and unit.
void add_eval_options(CLI::App& app, EvalArguments& arguments);

}  // namespace yolofleet::command
