#include "eval/eval_labels.hpp"

#include <unistd.h>

#include <filesystem>
#include <memory>
#include <utility>
#include <vector>

#include "eval/detecting.hpp"
#include "eval/labelled_pictures.hpp"
#include "eval/map_report.hpp"
#include "eval/matching.hpp"
#include "eval/precision_recall.hpp"
#include "shared/exit_code.hpp"
#include "shared/fail.hpp"
#include "shared/json_output.hpp"
#include "shared/signals.hpp"
#include "shared/subcommands.hpp"

namespace yolofleet::command {
namespace {

/// Matches each picture's detections with its objects.
class MatchingSink final : public Sink {
 public:
  MatchingSink(const LabelledPictures& pictures, Matching& matching)
      : pictures_(pictures), matching_(matching) {}

  Result<void> write(Outcome& outcome) override {
    const auto place = static_cast<std::size_t>(outcome.index);
    const auto difficult = pictures_.difficult.size() == 0 ? std::span<const LabelledBox>()
                                                           : pictures_.difficult[place];
    matching_.add(outcome.result, pictures_.objects[place], difficult);
    return {};
  }
  Result<std::string> finish(Ending /*ending*/) override { return std::string(); }

 private:
  const LabelledPictures& pictures_;
  Matching& matching_;
};

/// Refuses a --json that would overwrite an input.
Result<void> check_apart(const EvalArguments& arguments, const LabelledPictures& pictures) {
  std::vector<std::filesystem::path> read = files_of(arguments.model);
  read.insert(read.end(), pictures.further_read.begin(), pictures.further_read.end());
  read.insert(read.end(), pictures.label_files.begin(), pictures.label_files.end());
  for (const Entry& entry : pictures.entries) {
    read.emplace_back(entry.name);
  }
  return check_not_over("--json", arguments.json, read);
}

/// Everything that is read and checked before a device is opened.
struct LabelsJob {
  LabelledPictures pictures;
  Model model;
  JsonOutput json;
};

Result<LabelsJob> prepare(const EvalArguments& arguments) {
  auto pictures = read_labelled_pictures(arguments);
  if (!pictures) {
    return tl::unexpected(std::move(pictures).error());
  }
  if (auto apart = check_apart(arguments, *pictures); !apart) {
    return tl::unexpected(std::move(apart).error());
  }
  auto model = load_model(arguments.model);
  if (!model) {
    return tl::unexpected(std::move(model).error());
  }
  say_warnings(model->warnings(), arguments.quiet);
  if (auto unknown = unknown_classes(*pictures, model->class_count()); !unknown.empty()) {
    pictures->warnings.push_back(std::move(unknown));
  }
  auto json = JsonOutput::open(arguments.json);
  if (!json) {
    return tl::unexpected(std::move(json).error());
  }
  return LabelsJob{*std::move(pictures), *std::move(model), *std::move(json)};
}

}  // namespace

int eval_labels(const EvalArguments& arguments, const Options& options) {
  auto job = prepare(arguments);
  if (!job) {
    return report_error(job.error(), arguments.quiet);
  }
  StopSignals stop(!arguments.quiet && ::isatty(STDERR_FILENO) != 0);
  const MatchOptions thresholds{arguments.iou.value_or(MatchOptions{}.iou),
                                arguments.map_confidence.value_or(MatchOptions{}.confidence)};
  Matching matching(job->model.class_count(), thresholds);
  const EvalRun ran =
      detect_all(arguments,
                 {job->model, options, job->pictures.entries,
                  std::make_unique<MatchingSink>(job->pictures, matching), job->pictures.warnings},
                 stop);
  if (ran.exit_code) {
    return *ran.exit_code;
  }
  const int points = arguments.points.value_or(0);
  const MapReport report{
      job->model, options, job->pictures, ran, thresholds, points, map_figures(matching, points)};
  return eval_exit_code(ran, write_json_and_table(job->json, map_json(report), map_table(report)));
}

}  // namespace yolofleet::command
