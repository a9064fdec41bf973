#include <fmt/format.h>
#include <unistd.h>

#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "eval/detecting.hpp"
#include "eval/eval_labels.hpp"
#include "eval/options.hpp"
#include "eval/report.hpp"
#include "eval/temporary_results.hpp"
#include "eval/truth.hpp"
#include "output/coco.hpp"
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
  auto used = take_model(arguments.model, arguments.positional)
                  .and_then([&] { return check_eval_use(arguments); })
                  .and_then([&] { return check_model(arguments.model); });
  if (!used) {
    return tl::unexpected(std::move(used).error());
  }
  Options options = to_options(arguments.device);
  options.hidden_classes = true;  // Darknet evaluates them, too
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
  say_warnings(model->warnings(), arguments.quiet);
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

/// Has Python compute average precision of the detections, and prints it.
int measure(EvalJob& job, const Results& results, const EvalRun& ran, const StopSignals& stop) {
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
                          ran.devices,
                          job.truth.pictures.missing.size(),
                          ran.run,
                          *measured,
                          without_class(job, *measured)};
  return write_json_and_table(job.json, eval_json(report), eval_table(report));
}

int evaluate(const EvalArguments& arguments, EvalJob& job, Results& results, StopSignals& stop) {
  const auto id_of = [&job](const Outcome& outcome) {
    return job.truth.pictures.ids.at(outcome.index);
  };
  const EvalRun ran = detect_all(
      arguments,
      {job.model, job.options, std::move(job.truth.pictures.entries),
       make_coco_sink(results.take_file(), id_of, job.categories), uncounted(arguments, job)},
      stop);
  return ran.exit_code ? *ran.exit_code : eval_exit_code(ran, measure(job, results, ran, stop));
}

int eval_annotations(const EvalArguments& arguments, const Options& options) {
  auto truth = read_truth(arguments);
  if (!truth) {
    return report_error(truth.error());
  }
  // Until here a signal ends the command at once, because no work has begun.
  StopSignals stop(!arguments.quiet && ::isatty(STDERR_FILENO) != 0);
  auto job = prepare(arguments, options, *std::move(truth), stop);
  if (stop.received() != 0) {
    return kSignalBase + stop.received();
  }
  if (!job) {
    return report_error(job.error(), arguments.quiet);
  }
  auto results = Results::open(arguments.keep);
  if (!results) {
    return report_error(results.error());
  }
  return evaluate(arguments, *job, *results, stop);
}

int eval(EvalArguments& arguments) {
  const auto options = check_use(arguments);
  if (!options) {
    return report_error(options.error());
  }
  return arguments.positional.size() == 2 ? eval_annotations(arguments, *options)
                                          : eval_labels(arguments, *options);
}

}  // namespace

void add_eval(CLI::App& app, int& exit_code) {
  CLI::App* const eval_app = app.add_subcommand(
      "eval", "Measure average precision on COCO annotations or YOLO label files");
  const auto arguments = std::make_shared<EvalArguments>();
  add_eval_options(*eval_app, *arguments);
  eval_app->callback([arguments, &exit_code] { exit_code = eval(*arguments); });
}

}  // namespace yolofleet::command
