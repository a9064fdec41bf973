#include "build/build.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <memory>
#include <vector>

#include "shared/build_lines.hpp"
#include "shared/device_options.hpp"
#include "shared/fail.hpp"
#include "shared/model_options.hpp"
#include "shared/output_options.hpp"
#include "shared/subcommands.hpp"
#include "shared/text.hpp"

namespace yolofleet::command {
namespace {

struct BuildArguments {
  std::vector<std::string> positional;
  ModelArguments model;
  DeviceArguments device;
  bool quiet = false;
  bool no_progress = false;
};

int build(BuildArguments& arguments) {
  if (auto named = take_model(arguments.model, arguments.positional); !named) {
    return report_error(named.error());
  }
  if (!arguments.positional.empty()) {
    return report_error(
        {ErrorCode::kInvalidArgument,
         "build takes one MODEL; unexpected argument: " + arguments.positional.front()});
  }
  const auto model = load_model(arguments.model);
  if (!model) {
    return report_error(model.error(), arguments.quiet);
  }
  say_warnings(model->warnings(), arguments.quiet);
  BuildLines lines{::isatty(STDERR_FILENO) != 0 && !arguments.no_progress};
  Options options = to_options(arguments.device);
  if (!arguments.quiet) {
    options.on_build = lines.on_build();
  }
  const auto built = build_engines(*model, options);
  if (!built) {
    return report_error(built.error());
  }
  say_warnings(built->warnings, arguments.quiet);
  std::string text;
  for (const EngineReport& report : built->engines) {
    text += printable(format_report(report)) + '\n';
  }
  return print(text);
}

}  // namespace

std::string format_report(const EngineReport& report) {
  return fmt::format("{}: {} in {:.1f} s, {:.1f} MB, {}", report.device,
                     report.built ? "built" : "taken from the cache", report.seconds,
                     static_cast<double>(report.bytes) / 1e6, report.file.string());
}

void add_build(CLI::App& app, int& exit_code) {
  CLI::App* const build_app =
      app.add_subcommand("build", "Build a model's GPU engines ahead of detect");
  const auto arguments = std::make_shared<BuildArguments>();
  build_app->add_option("model", arguments->positional)->group("");
  add_model_options(*build_app, arguments->model);
  add_devices_option(*build_app, arguments->device.options.devices,
                     "auto (every usable GPU), or names separated by commas: cuda:0,cuda:2; "
                     "`yolofleet devices` lists them");
  add_precision_option(*build_app, arguments->device);
  add_engine_options(
      *build_app, arguments->device,
      "; detect may find less memory free, take fewer, and then build another engine");
  add_max_detections_option(*build_app, arguments->device.options, kEngineGroup);
  add_message_options(*build_app, arguments->quiet, arguments->no_progress);
  build_app->footer(
      std::string(kModelFooter) +
      "\n"
      "The engine is built once for each kind of GPU, which takes minutes, and kept in the cache. "
      "An\n"
      "engine that is in the cache already is loaded, as a check. detect uses the engine if it is\n"
      "given the same --precision, --input-size, --batch, --mish, --build-level and\n"
      "--max-detections.\n"
      "build prints one line for each device, which says what was done.\n\n"
      "Exit codes:\n"
      "  0  success\n"
      "  2  wrong use, a model that can't be loaded or is too large for a GPU, no GPU, or a cache\n"
      "     that can't be written\n"
      "  3  a device failed\n\n"
      "Examples:\n"
      "  yolofleet build yolov4\n"
      "  yolofleet build yolov4 --devices cuda:1 --precision fp32 --batch 8");
  set_usage(*build_app,
            "yolofleet build [OPTIONS] MODEL\n"
            "       yolofleet build [OPTIONS] --cfg FILE --weights FILE [--names FILE]");
  build_app->callback([arguments, &exit_code] { exit_code = build(*arguments); });
}

}  // namespace yolofleet::command
