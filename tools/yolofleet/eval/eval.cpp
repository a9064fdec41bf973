#include <fmt/format.h>
#include <unistd.h>

#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "eval/options.hpp"
#include "eval/report.hpp"
#include "eval/temporary_results.hpp"
#include "eval/truth.hpp"
#include "output/coco.hpp"
#include "run/report.hpp"
#include "shared/build_lines.hpp"
#include "shared/exit_code.hpp"
#include "shared/fail.hpp"
#include "shared/json_output.hpp"
#include "shared/subcommands.hpp"
#include "shared/text.hpp"

namespace yolofleet::command {
namespace {

/// Everything that is read and checked before a device is opened.
struct EvalJob {
  Model model;
  Options options;
  Truth truth;
  CategoryIds categories;
  std::string python;
  JsonOutput json;
};

Result<CategoryIds> categories_of(const EvalArguments& arguments, const Annotations& annotations,
                                  const Model& model, const std::string& file) {
  if (!arguments.coco_classes.empty()) {
    return CategoryIds::load(arguments.coco_classes, model.names().size());
  }
  auto ids = CategoryIds::for_categories(model.names(), annotations.categories);
  if (!ids) {
    return fail(ids.error().code, "{}: {}; --coco-classes FILE gives the ids", file,
                ids.error().message);
  }
  return ids;
}

/// Checks the arguments without reading a file, and gives the options.
Result<Options> check_use(EvalArguments& arguments) {
  if (auto named = take_model(arguments.model, arguments.positional); !named) {
    return tl::unexpected(std::move(named).error());
  }
  if (arguments.positional.size() != 2) {
    return fail(ErrorCode::kInvalidArgument,
                "eval needs two arguments after the model, not {}: ANNOTATIONS (a COCO annotation "
                "file) and "
                "FOLDER (of its pictures)",
                arguments.positional.size());
  }
  if (auto possible = check_model(arguments.model); !possible) {
    return tl::unexpected(std::move(possible).error());
  }
  Options options = to_options(arguments.device);
  return resize_of(arguments.resize).map([&](Resize resize) {
    options.resize = resize;
    return options;
  });
}

/// Whether a signal came. Not `stop_requested`: a run requests its own stop at its end.
ShallStop by_signal(const StopSignals& stop) {
  return [&stop] { return stop.received() != 0; };
}

Result<EvalJob> prepare(const EvalArguments& arguments, const Options& options, Truth truth,
                        const StopSignals& stop) {
  auto python = find_python(arguments.python, by_signal(stop));
  if (!python) {
    return tl::unexpected(std::move(python).error());
  }
  auto model = load_model(arguments.model);
  if (!model) {
    return tl::unexpected(std::move(model).error());
  }
  auto categories = categories_of(arguments, truth.annotations, *model, truth.file);
  if (!categories) {
    return tl::unexpected(std::move(categories).error());
  }
  auto json = JsonOutput::open(arguments.json);
  if (!json) {
    return tl::unexpected(std::move(json).error());
  }
  return EvalJob{*std::move(model),  options,         std::move(truth), *std::move(categories),
                 *std::move(python), *std::move(json)};
}

/// Names of categories that no class has.
std::vector<std::string> without_class(const EvalJob& job, const AveragePrecision& measured) {
  std::vector<std::string> names;
  for (const ClassPrecision& each : measured.classes) {
    bool found = false;
    for (int id = 0; id < job.model.class_count(); ++id) {
      found |= job.categories.has(id) && job.categories[id] == each.id;
    }
    if (!found && each.objects > 0) {
      names.push_back(each.name);
    }
  }
  return names;
}

/// Warnings of annotations and ids that are ignored.
std::vector<std::string> uncounted(const EvalArguments& arguments, const EvalJob& job) {
  std::vector<std::string> warnings;
  if (job.truth.annotations.strays > 0) {
    warnings.push_back(fmt::format("{}: ignored {} of pictures that aren't listed", job.truth.file,
                                   count_of(job.truth.annotations.strays, "annotation")));
  }
  std::set<std::int64_t> known;
  for (const Category& category : job.truth.annotations.categories) {
    known.insert(category.id);
  }
  std::size_t unknown = 0;
  for (int id = 0; id < job.model.class_count(); ++id) {
    unknown += job.categories.has(id) && !known.contains(job.categories[id]) ? 1U : 0U;
  }
  if (unknown > 0) {
    warnings.push_back(
        fmt::format("{}: of {}, {} no category of {}", arguments.coco_classes.string(),
                    count_of(static_cast<std::size_t>(job.model.class_count()), "id"),
                    unknown == 1 ? "1 is" : fmt::format("{} are", unknown), job.truth.file));
  }
  return warnings;
}

void print_warnings(std::span<const std::string> warnings, const EvalArguments& arguments) {
  for (const std::string& warning : warnings) {
    if (!arguments.quiet) {
      say(fmt::format("yolofleet: warning: {}\n", printable(warning)));
    }
  }
}

/// Detects in all pictures and writes the detections.
RunReport detect_all(const EvalArguments& arguments, EvalJob& job, Detector& detector,
                     std::unique_ptr<Sink> sink, StopSignals& stop) {
  const bool draws = ::isatty(STDERR_FILENO) != 0 && !arguments.quiet && !arguments.no_progress;
  Progress progress(draws, job.truth.pictures.entries.size());
  Inputs inputs = Inputs::of(std::move(job.truth.pictures.entries));
  std::vector<std::unique_ptr<Sink>> sinks;
  sinks.push_back(std::move(sink));
  LiveRun live;
  RunReport report =
      run({inputs, detector, sinks, progress, stop, live, arguments.quiet, false, false});
  const auto finished =
      sinks.front()->finish(report.complete ? Ending::kComplete : Ending::kStopped);
  if (!finished && !report.output_error) {
    report.output_error = finished.error();
  }
  return report;
}

/// Has Python compute average precision of the detections, and prints it.
int measure(EvalJob& job, const Results& results, const RunReport& run,
            std::vector<std::string> devices, const StopSignals& stop) {
  const auto measured = average_precision(
      job.python, {job.truth.file, results.path(), job.truth.pictures.ids}, by_signal(stop));
  if (stop.received() != 0) {
    return kSignalBase + stop.received();
  }
  if (!measured) {
    return report_error(measured.error());
  }
  const EvalReport report{job.model,
                          job.options,
                          job.truth.file,
                          std::move(devices),
                          job.truth.pictures.missing.size(),
                          run,
                          *measured,
                          without_class(job, *measured)};
  const int written = write_json_and_table(job.json, eval_json(report), eval_table(report));
  return written == kAllWell && run.failed > 0 ? static_cast<int>(kSomePicturesFailed) : written;
}

int evaluate(const EvalArguments& arguments, EvalJob& job, Results& results, StopSignals& stop) {
  BuildLines building{::isatty(STDERR_FILENO) != 0 && !arguments.no_progress};
  if (!arguments.quiet) {
    job.options.on_build = building.on_build();
  }
  auto detector = Detector::open(job.model, job.options);
  if (!detector) {
    return report_error(detector.error());
  }
  print_warnings(uncounted(arguments, job), arguments);
  print_warnings(job.model.warnings(), arguments);
  print_warnings(detector->warnings(), arguments);
  const FleetReport opened = detector->report();
  const auto id_of = [&job](const Outcome& outcome) {
    return job.truth.pictures.ids.at(outcome.index);
  };
  const RunReport run = detect_all(
      arguments, job, *detector, make_coco_sink(results.take_file(), id_of, job.categories), stop);
  if (run.output_error) {
    return report_error(*run.output_error);
  }
  if (!run.complete) {
    return kSignalBase + stop.received();
  }
  print_warnings(left_out(run), arguments);
  for (const std::string& why : failed_devices(opened, run.fleet, arguments.quiet)) {
    report_error({ErrorCode::kDevice, why});
  }
  if (run.device_failed) {
    return kDeviceFailed;
  }
  const int exit_code =
      measure(job, results, run, {detector->devices().begin(), detector->devices().end()}, stop);
  // A device that can't be opened has ended the run by now; an unused one failed the self-test.
  return has_unused_device(opened) && exit_code <= kSomePicturesFailed ? kDeviceFailed : exit_code;
}

int eval(EvalArguments& arguments) {
  const auto options = check_use(arguments);
  if (!options) {
    return report_error(options.error());
  }
  auto truth = read_truth(arguments);
  if (!truth) {
    return report_error(truth.error());
  }
  // Until here a signal ends the command at once, because no work has begun.
  StopSignals stop(!arguments.quiet && ::isatty(STDERR_FILENO) != 0);
  auto job = prepare(arguments, *options, *std::move(truth), stop);
  if (stop.received() != 0) {
    return kSignalBase + stop.received();
  }
  if (!job) {
    return report_error(job.error());
  }
  auto results = Results::open(arguments.keep);
  if (!results) {
    return report_error(results.error());
  }
  return evaluate(arguments, *job, *results, stop);
}

}  // namespace

void add_eval(CLI::App& app, int& exit_code) {
  CLI::App* const eval_app =
      app.add_subcommand("eval", "Measure average precision on a COCO annotation file");
  const auto arguments = std::make_shared<EvalArguments>();
  add_eval_options(*eval_app, *arguments);
  eval_app->callback([arguments, &exit_code] { exit_code = eval(*arguments); });
}

}  // namespace yolofleet::command
