#pragma once

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <string>

#include "yolofleet/options.hpp"

namespace yolofleet::command {

/// The devices that a network runs on, and how their engines are built. Options that are words on
/// the command line are kept as words, which `to_options` translates; the others are set in
/// `options` directly.
struct DeviceArguments {
  Options options;
  std::string precision = "auto";
  std::string mish = "auto";
  std::string batch = "auto";
  std::string decode = "auto";
  std::string decode_scale = "off";
  bool no_cache = false;
  bool no_self_test = false;
};

/// Headings of the help.
inline constexpr const char* kDeviceGroup = "Devices";
inline constexpr const char* kEngineGroup = "GPU engines";

// Each adds one option or a few to a subcommand, with their defaults and units.

/// Describes --devices where any device and several of them are allowed.
inline constexpr const char* kWhichDevices =
    "auto (every usable GPU, else the CPU), all (every usable GPU and the CPU), or names and UUIDs "
    "separated by commas: cuda:0,cpu; cpu:4 is the CPU with 4 threads; `yolofleet devices` lists "
    "them";

/// --devices, described by `which`.
void add_devices_option(CLI::App& app, std::string& devices, const std::string& which);
/// --precision.
void add_precision_option(CLI::App& app, DeviceArguments& arguments);
/// --threads.
void add_threads_option(CLI::App& app, Options& options);
/// --decode and --decode-scale. `videos`: the subcommand reads videos, too.
void add_decode_options(CLI::App& app, DeviceArguments& arguments, bool videos);
/// --batch, --mish, --build-level and --cache. `and_then` follows the meaning of --batch auto.
void add_engine_options(CLI::App& app, DeviceArguments& arguments,
                        const std::string& and_then = "");
/// --no-cache.
void add_no_cache_option(CLI::App& app, DeviceArguments& arguments);
/// --no-self-test.
void add_self_test_option(CLI::App& app, DeviceArguments& arguments);
/// --max-detections.
void add_max_detections_option(CLI::App& app, Options& options, const std::string& group);
/// --cache DIR, which may not be empty.
void add_cache_option(CLI::App& app, std::string& folder, const std::string& group);

/// "fp32": kFp32; kAuto for any other word.
Precision precision_of(const std::string& word);

/// The word of --precision for it: "fp32" for kFp32.
const char* precision_word(Precision precision) noexcept;

/// The words of --decode and --decode-scale.
const char* decode_word(Decode decode) noexcept;
const char* decode_scale_word(DecodeScale scale) noexcept;

/// `arguments.options` with the words translated.
Options to_options(const DeviceArguments& arguments);

}  // namespace yolofleet::command
