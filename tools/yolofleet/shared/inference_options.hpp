#pragma once

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <string>

#include "yolofleet/error.hpp"
#include "yolofleet/options.hpp"

namespace yolofleet::command {

/// The words for Options::resize.
struct ResizeArguments {
  std::string how = "model";
  bool letterbox = false;
};

/// Adds --confidence, --nms, --max-detections, --resize, --letterbox and --max-pixels, with the
/// defaults that `options` has.
void add_inference_options(CLI::App& app, Options& options, ResizeArguments& resize);

/// Adds --threads.
void add_threads(CLI::App& app, Options& options, const std::string& group);

/// Errors: kInvalidArgument (the two contradict each other).
Result<Resize> resize_of(const ResizeArguments& arguments);

/// "stretch" or "letterbox": what becomes of pictures; `letterbox`: what the cfg says.
const char* resize_word(Resize resize, bool letterbox) noexcept;

}  // namespace yolofleet::command
