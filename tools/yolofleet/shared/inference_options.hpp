#pragma once

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <string>

#include "yolofleet/error.hpp"
#include "yolofleet/options.hpp"

namespace yolofleet::command {

/// The command-line options that set Options::resize.
struct ResizeArguments {
  std::string how = "model";
  bool letterbox = false;
};

/// Adds --confidence, --nms, --max-detections, --resize, --letterbox and --max-pixels, with the
/// defaults that `options` has.
void add_inference_options(CLI::App& app, Options& options, ResizeArguments& resize);

/// Errors: kInvalidArgument (the two options contradict each other).
Result<Resize> resize_of(const ResizeArguments& arguments);

/// "stretch" or "letterbox", by `is_letterbox`.
const char* resize_word(Resize resize, bool model_letterbox) noexcept;

}  // namespace yolofleet::command
