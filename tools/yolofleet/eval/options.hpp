#pragma once

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <string>
#include <vector>

#include "shared/device_options.hpp"
#include "shared/inference_options.hpp"
#include "shared/model_options.hpp"

namespace yolofleet::command {

/// The arguments of `yolofleet eval`.
struct EvalArguments {
  std::vector<std::string> positional;  ///< MODEL, ANNOTATIONS, FOLDER
  ModelArguments model;
  DeviceArguments device;
  ResizeArguments resize;
  std::filesystem::path coco_classes;
  bool allow_missing = false;
  std::string python;
  std::string keep;
  std::string json;
  bool quiet = false;
  bool no_progress = false;
};

/// Adds the options to the subcommand, each with its default and unit.
void add_eval_options(CLI::App& app, EvalArguments& arguments);

}  // namespace yolofleet::command
