#include "build/build.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <memory>
#include <span>
#include <vector>

#include "shared/build_lines.hpp"
#include "shared/device_options.hpp"
#include "shared/fail.hpp"
#include "shared/model_options.hpp"
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

void tell_warnings(std::span<const std::string> warnings, bool quiet) {
  for (const std::string& warning : warnings) {
    if (!quiet) {
      say(fmt::format("yolofleet: warning: {}\n", printable(warning)));
    }
  }
}

int build(BuildArguments& arguments) {
  if (auto named = take_model(arguments.model, arguments.positional); !named) {
    return report_error(named.error());
  }
  if (!arguments.positional.empty()) {
    return report_error({ErrorCode::kInvalidArgument,
                         "one model at a time: " + arguments.positional.front() + " is too much"});
  }
  const auto model = load_model(arguments.model);
  if (!model) {
    return report_error(model.error());
  }
  tell_warnings(model->warnings(), arguments.quiet);
  BuildLines lines{::isatty(STDERR_FILENO) != 0 && !arguments.no_progress};
  Options options = take_words(arguments.device);
  if (!arguments.quiet) {
    options.on_build = lines.on_build();
  }
  const auto built = build_engines(*model, options);
  if (!built) {
    return report_error(built.error());
  }
  tell_warnings(built->warnings, arguments.quiet);
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
      app.add_subcommand("build", "Build a model's engines for GPUs, so that detect finds them");
  const auto arguments = std::make_shared<BuildArguments>();
  build_app->add_option("model", arguments->positional)->group("");
  add_model_options(*build_app, arguments->model);
  add_device_options(*build_app, arguments->device,
                     "auto (every GPU that can be used), or names with commas between:\n"
                     "cuda:0,cuda:2; `yolofleet devices` lists them");
  add_engine_options(*build_app, arguments->device,
                     "16, or fewer if\nthat many are too large (detect may take fewer still, which "
                     "is\nanother engine)");
  add_max_detections(*build_app, arguments->device.options, kEngineGroup);
  const std::string group = "What is said (on standard error)";
  build_app->add_flag("-q,--quiet", arguments->quiet, "only why it failed")->group(group);
  build_app->add_flag("--no-progress", arguments->no_progress, "no line that counts on a terminal")
      ->group(group);
  build_app->footer(
      "MODEL is a folder with one .cfg, one .weights and at most one .names. Its engine is built\n"
      "once for each kind of GPU, which takes minutes, and kept; one that is there already is "
      "only\n"
      "tried. detect finds it if it is given the same --precision, --input-size, --batch, --mish,\n"
      "--build-level and --max-detections. A line for each device tells what was done.\n\n"
      "Exit codes: 0 all well; 2 wrong use, a model that can't be loaded or is too large for a\n"
      "GPU, no GPU, or a cache that can't be written; 3 a device failed.\n\n"
      "Examples:\n"
      "  yolofleet build yolov4\n"
      "  yolofleet build yolov4 --devices cuda:1 --precision fp32 --batch 8");
  set_usage(*build_app,
            "yolofleet build [OPTIONS] MODEL\n"
            "       yolofleet build [OPTIONS] --cfg FILE --weights FILE [--names FILE]");
  build_app->callback([arguments, &exit_code] { exit_code = build(*arguments); });
}

}  // namespace yolofleet::command
