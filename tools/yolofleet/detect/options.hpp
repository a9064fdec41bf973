#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "detect/video_options.hpp"
#include "output/sink.hpp"
#include "shared/device_options.hpp"
#include "shared/inference_options.hpp"
#include "shared/model_options.hpp"

namespace yolofleet::command {

/// The arguments of `yolofleet detect`.
struct DetectArguments {
  std::vector<std::string> inputs;  ///< with MODEL in front, until `take_model`
  ModelArguments model;
  DeviceArguments device;
  ResizeArguments resize;
  std::string classes;        ///< of --classes; empty: not given
  std::string shard = "0/1";  ///< of --shard
  std::string on_device_error = "fail";
  bool unordered = false;
  VideoArguments video;
  OutputOptions outputs;
  std::string format = "auto";
  std::optional<int> metrics_port;
  std::string metrics_address;
  bool verbose = false;
  bool quiet = false;
  bool no_progress = false;
};

/// Adds the options to the subcommand, each with its default and unit.
void add_detect_options(CLI::App& app, DetectArguments& arguments);

/// The default of --metrics-address.
inline constexpr const char* kMetricsAddress = "127.0.0.1";

/// The library's options. Errors: kInvalidArgument (two options that contradict each other).
Result<Options> library_options(const DetectArguments& arguments);

/// The files that the run reads apart from its pictures: of the model, lists of pictures, and those
/// of the COCO output. An unused option gives an empty path.
std::vector<std::filesystem::path> files_read(const DetectArguments& arguments);

/// Refuses outputs that would overwrite the model, a list or a file of --coco-images or
/// --coco-classes. Errors: kInvalidArgument.
Result<void> check_sources(const DetectArguments& arguments);

}  // namespace yolofleet::command
