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

/// The size of made-up frames unless the user gives another.
inline constexpr const char* kFrameSize = "768x576";

/// The arguments of `yolofleet bench`.
struct BenchArguments {
  std::vector<std::string> positional;  ///< MODEL, then pictures
  ModelArguments model;
  DeviceArguments device;
  std::string parts = "engine,lane,fleet";
  std::string batches;  ///< empty: --batch
  std::string slots;    ///< empty: the library's number
  std::optional<std::string> frames;
  double seconds = 5;
  int rounds = 3;
  bool json = false;
};

/// Adds the options, the usage line and the footer to the subcommand.
void add_bench_options(CLI::App& app, BenchArguments& arguments);

}  // namespace yolofleet::command
