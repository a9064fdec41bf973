#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "detect/class_list.hpp"
#include "detect/messages.hpp"
#include "detect/metrics_server.hpp"
#include "detect/options.hpp"
#include "detect/preflight.hpp"
#include "detect/report_file.hpp"
#include "detect/view_page.hpp"
#include "input/video_name.hpp"
#include "run/report.hpp"
#include "run/video_report.hpp"
#include "shared/build_lines.hpp"
#include "shared/exit_code.hpp"
#include "shared/fail.hpp"
#include "shared/subcommands.hpp"
#include "shared/text.hpp"
#include "yolofleet/device.hpp"

namespace yolofleet::command {
namespace {

/// JSON Lines for programs, a table for people, unless the user has said what goes there.
Result<void> choose_standard_output(const std::string& format, OutputOptions& outputs) {
  if (outputs.table && format == "jsonl") {
    return fail(
        ErrorCode::kInvalidArgument,
        "--table and --format jsonl can't be used together; --output FILE writes JSON Lines "
        "beside a table");
  }
  outputs.table |= format == "table";
  outputs.darknet |= format == "darknet";
  if (!outputs.output.empty() || outputs.table || outputs.darknet || outputs.coco == "-" ||
      outputs.darknet_json == "-" || outputs.report == "-") {
    return {};
  }
  outputs.table = format == "auto" && ::isatty(STDOUT_FILENO) != 0;
  outputs.output = outputs.table ? "" : "-";
  return {};
}

/// Whether the user named one picture, as on Darknet's command line, and not a list or a folder.
bool is_one_picture(const std::vector<std::string>& inputs) {
  return inputs.size() == 1 && !is_list(inputs[0]) && !is_folder(inputs[0]) && !is_glob(inputs[0]);
}

/// Everything that is read and checked before a device is opened.
struct DetectJob {
  DetectArguments& arguments;
  Options options;
  Inputs inputs;
  ImageIds image_ids;
  InputSummary found;
};

/// Null unless the user asks for metrics.
Result<std::unique_ptr<MetricsServer>> serve_metrics(const DetectArguments& arguments,
                                                     const LiveRun& live) {
  if (!arguments.metrics_port) {
    return nullptr;
  }
  auto server = MetricsServer::open(
      arguments.metrics_address.empty() ? kMetricsAddress : arguments.metrics_address,
      *arguments.metrics_port, live);
  if (server && !arguments.quiet) {
    say(fmt::format("yolofleet: metrics at {}\n", printable((*server)->url())));
  }
  return server;
}

Result<DetectJob> prepare(DetectArguments& arguments, const StopSignals& stop) {
  OutputOptions& outputs = arguments.outputs;
  if (auto model = take_model(arguments.model, arguments.inputs); !model) {
    return tl::unexpected(std::move(model.error()));
  }
  if (arguments.inputs.empty()) {
    const std::string& model = arguments.model.model;
    return fail(ErrorCode::kInvalidArgument,
                "no input: {}give pictures, folders, a pattern, videos, @LIST or -",
                model.empty() ? "" : shown_video_name(model) + " is taken for MODEL; after it ");
  }
  if (auto model = check_model(arguments.model); !model) {
    return tl::unexpected(std::move(model.error()));
  }
  if (auto chosen = choose_standard_output(arguments.format, outputs); !chosen) {
    return tl::unexpected(std::move(chosen.error()));
  }
  if (auto apart = check_outputs(outputs); !apart) {
    return tl::unexpected(std::move(apart.error()));
  }
  if (auto apart = check_sources(arguments); !apart) {
    return tl::unexpected(std::move(apart.error()));
  }
  auto options = library_options(arguments);
  if (!options) {
    return tl::unexpected(std::move(options.error()));
  }
  auto image_ids = outputs.coco_images.empty() ? Result<ImageIds>(ImageIds())
                                               : ImageIds::load(outputs.coco_images);
  if (!image_ids) {
    return tl::unexpected(std::move(image_ids.error()));
  }
  const auto shard = shard_of(arguments.shard);
  if (!shard) {
    return tl::unexpected(shard.error());
  }
  auto inputs =
      Inputs::open(arguments.inputs, {outputs.annotated, stop.descriptor(), *shard, true});
  if (!inputs) {
    return tl::unexpected(std::move(inputs.error()));
  }
  const std::vector<std::filesystem::path> read = files_read(arguments);
  auto found = check_inputs(*inputs, outputs, *image_ids, read);
  if (!found) {
    return tl::unexpected(std::move(found.error()));
  }
  if (auto allowed = check_video_options(arguments, !found->videos.empty()); !allowed) {
    return tl::unexpected(std::move(allowed.error()));
  }
  inputs->leave_out_videos();
  return DetectJob{arguments, *options, std::move(*inputs), std::move(*image_ids),
                   std::move(*found)};
}

/// Finishes the outputs; returns the run's exit code.
int finish(std::vector<std::unique_ptr<Sink>>& sinks, const RunReport& report, int signal,
           Progress& progress) {
  const Ending ending = report.complete ? Ending::kComplete : Ending::kStopped;
  std::optional<Error> error = report.output_error;
  for (const auto& sink : sinks) {
    const auto left = sink->finish(ending);
    if (left && !left->empty()) {
      progress.message("partial results are in " + *left);
    }
    if (!left && !error) {
      error = left.error();
    }
  }
  if (error) {
    return error->code == ErrorCode::kCancelled ? static_cast<int>(kBrokenPipe)
                                                : report_error(*error);
  }
  if (signal != 0 && (!report.complete || has_live(report))) {
    return kSignalBase + signal;
  }
  if (report.device_failed) {
    return kDeviceFailed;
  }
  return report.failed > 0 ? kSomePicturesFailed : kAllWell;
}

void print_beginning(const DetectJob& job, const Model& model, const Detector& detector,
                     Progress& progress) {
  if (!job.arguments.quiet) {
    print_warnings(detector.warnings(), progress);
    print_warnings(job.found.notices, progress);
  }
  if (job.arguments.verbose) {
    print_model(model, detector, progress);
    print_why_cpu(job.options, detector, progress);
  }
}

/// The outputs of the run.
struct RunOutputs {
  std::vector<std::unique_ptr<Sink>> sinks;
  std::optional<OutputFile> report;
  const Options& options;  // for the report
};

/// `context` and `options` must outlive them.
Result<RunOutputs> open_outputs(const SinkContext& context, const Options& options) {
  auto sinks = open_sinks(context);
  if (!sinks) {
    return tl::unexpected(std::move(sinks).error());
  }
  auto report = open_report(context.options.report);
  if (!report) {
    return tl::unexpected(std::move(report).error());
  }
  return RunOutputs{*std::move(sinks), *std::move(report), options};
}

/// The report of a run, and its devices as they were when it began.
struct Ran {
  RunReport report;
  FleetReport opened;
};

/// Writes the report and prints the summary; returns the run's exit code.
int end_run(RunOutputs& outputs, const Ran& ran, int signal, Progress& progress, bool quiet) {
  const int finished = finish(outputs.sinks, ran.report, signal, progress);
  const int exit_code = write_report(outputs.report, ran.report, outputs.options, finished);
  if (!quiet && exit_code != kBrokenPipe) {
    print_end(ran.report, ran.opened, progress);
  }
  return exit_code;
}

/// The servers that the user asks for; each may be null.
struct Servers {
  std::unique_ptr<MetricsServer> metrics;
  std::unique_ptr<HttpServer> view;
};

Result<Servers> serve(const DetectArguments& arguments, const LiveRun& live, ViewBoard* board) {
  auto metrics = serve_metrics(arguments, live);
  if (!metrics) {
    return tl::unexpected(std::move(metrics.error()));
  }
  auto view = serve_view(arguments, live, board);
  if (!view) {
    return tl::unexpected(std::move(view.error()));
  }
  return Servers{*std::move(metrics), *std::move(view)};
}

Result<void> choose_classes(DetectJob& job, const Model& model) {
  if (job.arguments.classes.empty()) {
    return {};
  }
  auto classes = class_list(job.arguments.classes, model);
  if (!classes) {
    return tl::unexpected(std::move(classes.error()));
  }
  job.options.classes = *std::move(classes);
  return {};
}

int run_job(DetectJob& job, StopSignals& stop) {
  const DetectArguments& arguments = job.arguments;
  const bool terminal = ::isatty(STDERR_FILENO) != 0;
  if (job.found.pictures == 0 && job.options.decode == Decode::kGpu) {
    job.options.decode = Decode::kAuto;  // the same for videos, without the warnings about files
  }
  LiveRun live;
  const auto board = make_board(arguments, job.found.videos.size());
  const auto servers = serve(arguments, live, board.get());
  if (!servers) {
    return report_error(servers.error());
  }
  const auto model = load_model(arguments.model);
  if (!model) {
    return report_error(model.error(), arguments.quiet);
  }
  say_warnings(model->warnings(), arguments.quiet);
  if (auto chosen = choose_classes(job, *model); !chosen) {
    return report_error(chosen.error());
  }
  const SinkContext context{arguments.outputs,    model->names(),
                            job.found.name_width, std::move(job.image_ids),
                            model->layers(),      is_one_picture(arguments.inputs),
                            job.found.videos};
  auto outputs = open_outputs(context, job.options);
  if (!outputs) {
    return report_error(outputs.error());
  }
  const bool draws = terminal && !arguments.quiet && !arguments.no_progress;
  BuildLines building(draws);
  if (!arguments.quiet) {
    job.options.on_build = building.on_build();
  }
  if (stop.stop_requested()) {
    Progress nothing(false, 0);
    return end_run(*outputs, {}, stop.received(), nothing, arguments.quiet);
  }
  auto detector = Detector::open(*model, job.options);
  if (!detector) {
    return report_error(detector.error());
  }
  Progress progress(draws, job.found.pictures + job.found.videos.size());
  const auto videos = make_pump(arguments, job.options, *detector, std::move(job.found.videos));
  print_beginning(job, *model, *detector, progress);
  add_view_sink(arguments, board.get(), model->names(), outputs->sinks);
  const LiveRun::Shows shows(live, *detector, videos.get());
  Ran ran;
  ran.opened = detector->report();
  ran.report = run({job.inputs, *detector, outputs->sinks, progress, stop, live, arguments.quiet,
                    arguments.verbose, terminal && ::isatty(STDOUT_FILENO) != 0, videos.get(),
                    draws_frame(arguments, board.get())});
  // With kFail a device that can't be opened has ended the run by now; an unused one failed the
  // self-test.
  ran.report.device_failed |=
      job.options.on_device_error == OnDeviceError::kFail && has_unused_device(ran.opened);
  return end_run(*outputs, ran, stop.received(), progress, arguments.quiet);
}

int detect(DetectArguments& arguments) {
  StopSignals stop(!arguments.quiet && ::isatty(STDERR_FILENO) != 0);
  auto job = prepare(arguments, stop);
  if (job) {
    return run_job(*job, stop);
  }
  const int exit_code = report_error(job.error());
  const bool stopped = stop.received() != 0 && job.error().code == ErrorCode::kCancelled;
  return stopped ? kSignalBase + stop.received() : exit_code;
}

}  // namespace

void add_detect(CLI::App& app, int& exit_code) {
  CLI::App* const detect_app =
      app.add_subcommand("detect", "Detect objects in pictures and videos");
  const auto arguments = std::make_shared<DetectArguments>();
  add_detect_options(*detect_app, *arguments);
  detect_app->callback([arguments, &exit_code] { exit_code = detect(*arguments); });
}

}  // namespace yolofleet::command
