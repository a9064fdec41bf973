#pragma once

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <string>

#include "yolofleet/options.hpp"

namespace yolofleet::command {

/// What a network runs on and how its engines are made. The words become options with
/// `take_words`; the rest stands in `options` at once.
struct DeviceArguments {
  Options options;
  std::string precision = "auto";
  std::string mish = "auto";
  std::string batch = "auto";
  bool no_cache = false;
  bool no_self_test = false;
};

/// Headings of the help.
inline constexpr const char* kDeviceGroup = "What it runs on";
inline constexpr const char* kEngineGroup = "GPUs and their engines";

// Each adds options to a subcommand, with their defaults and units.

/// What --devices takes where any device and several of them do.
inline constexpr const char* kWhichDevices =
    "auto (every GPU that can be used, else the CPU), all (these and the\nCPU), or names and UUIDs "
    "with commas between: cuda:0,cpu (cpu:4 has\nfour threads); `yolofleet devices` lists them";

/// --devices, described by `which`, and --precision.
void add_device_options(CLI::App& app, DeviceArguments& arguments, const std::string& which);
/// --batch, of which `automatic` says what auto is, --mish, --build-level and --cache.
void add_engine_options(
    CLI::App& app, DeviceArguments& arguments,
    const std::string& automatic = "16, or fewer where the device's\nmemory doesn't suffice");
/// --no-cache.
void add_no_cache_option(CLI::App& app, DeviceArguments& arguments);
/// --no-self-test.
void add_self_test_option(CLI::App& app, DeviceArguments& arguments);
void add_max_detections(CLI::App& app, Options& options, const std::string& group);
/// --cache, whose DIR may not be empty.
void add_cache_option(CLI::App& app, std::string& folder, const std::string& group);

/// "fp32": kFp32; kAuto for any word that is none.
Precision precision_of(const std::string& word);

/// The options, with what the words say.
Options take_words(const DeviceArguments& arguments);

}  // namespace yolofleet::command
