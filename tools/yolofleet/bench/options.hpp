#pragma once

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <optional>
#include <string>
#include <vector>

#include "shared/device_options.hpp"
#include "shared/model_options.hpp"

namespace yolofleet::command {

/// The arguments of `yolofleet bench`.
struct BenchArguments {
  std::vector<std::string> positional;  ///< MODEL, then pictures
  ModelArguments model;
  DeviceArguments device;
  std::string parts = "engine,lane,fleet";
  std::string batches;  ///< empty: --batch
  std::string slots;    ///< empty: the library's number
  std::optional<std::string> frames;
  std::string pixels = "rgb";
  double seconds = 5;
  int rounds = 3;
  bool json = false;
};

/// Adds the options, the usage line and the footer to the subcommand.
void add_bench_options(CLI::App& app, BenchArguments& arguments);

}  // namespace yolofleet::command
