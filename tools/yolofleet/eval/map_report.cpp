#include "eval/map_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "eval/report.hpp"
#include "shared/inference_json.hpp"
#include "shared/json_number.hpp"
#include "shared/text.hpp"

namespace yolofleet::command {
namespace {

using nlohmann::ordered_json;

std::size_t classes_without_objects(const MapFigures& figures) {
  return static_cast<std::size_t>(
      std::count_if(figures.classes.begin(), figures.classes.end(),
                    [](const ClassFigures& each) { return each.counts.objects == 0; }));
}

std::uint64_t false_negatives(const Counts& counts) {
  return counts.objects - counts.true_positives;
}

std::string introduction(const MapReport& report) {
  std::string text = conditions_line(report.model, report.options);
  for (const std::string& device : report.ran.devices) {
    text += device + '\n';
  }
  text += fmt::format("{}: {} with {}; {}\n", printable(report.pictures.source),
                      count_of(report.ran.run.pictures, "picture"),
                      count_of(report.figures.all.objects, "object"),
                      count_of(report.figures.detections, "detection"));
  using CountOf = std::pair<std::size_t, const char*>;
  const std::array counts{
      CountOf{report.pictures.missing.size(), "missing and not counted"},
      CountOf{report.pictures.unlabelled, "without a label file, counted as without objects"},
      CountOf{report.ran.run.failed, "failed, counted as without detections"}};
  for (const auto& [count, what] : counts) {
    text += count > 0 ? fmt::format("{}: {}\n", what, count_of(count, "picture")) : "";
  }
  return text + '\n';
}

std::string summary(const MapReport& report) {
  const Counts& all = report.figures.all;
  const Ratios of_all = ratios(all);
  const std::string way =
      report.points == 0 ? "area under the curve" : fmt::format("{} recall points", report.points);
  std::string text = fmt::format(
      "mAP@{:.2f}  {:.4f}  ({}, mean over {} {})\n", report.thresholds.iou, report.figures.map, way,
      report.figures.classes.size(), report.figures.classes.size() == 1 ? "class" : "classes");
  if (const std::size_t empty = classes_without_objects(report.figures); empty > 0) {
    text += fmt::format("          {} of them {} no objects, so AP 0, as in Darknet\n", empty,
                        empty == 1 ? "has" : "have");
  }
  text += fmt::format(
      "\nconfidence over {:g}\nprecision    {}\nrecall       {}\nF1           {}\naverage IoU  "
      "{}\nTP {}, FP {}, FN {}\n\n",
      report.thresholds.confidence, figure(of_all.precision), figure(of_all.recall),
      figure(of_all.f1), figure(of_all.average_iou), all.true_positives, all.false_positives,
      false_negatives(all));
  return text;
}

std::string class_rows(const MapReport& report) {
  const auto names = report.model.names();
  std::size_t width = 5;
  for (const std::string& name : names) {
    width = std::max(width, display_width(printable(name)));
  }
  std::string text = pad_right("class", width) + "  objects      AP      TP      FP\n";
  for (std::size_t id = 0; id < names.size(); ++id) {
    const ClassFigures& each = report.figures.classes[id];
    text += fmt::format("{}  {:>7}  {:.4f}  {:>6}  {:>6}\n", pad_right(printable(names[id]), width),
                        each.counts.objects, each.ap, each.counts.true_positives,
                        each.counts.false_positives);
  }
  return text;
}

/// The figures that a class and all classes have.
ordered_json counts_json(const Counts& counts) {
  const Ratios of_counts = ratios(counts);
  return {{"true_positives", counts.true_positives},
          {"false_positives", counts.false_positives},
          {"false_negatives", false_negatives(counts)},
          {"precision", as_json_number(of_counts.precision)},
          {"recall", as_json_number(of_counts.recall)},
          {"f1", as_json_number(of_counts.f1)},
          {"average_iou", as_json_number(of_counts.average_iou)}};
}

}  // namespace

std::string map_table(const MapReport& report) {
  return introduction(report) + summary(report) + class_rows(report);
}

std::string map_json(const MapReport& report) {
  const MapFigures& figures = report.figures;
  ordered_json json = inference_json(report.model, report.options);
  json.update(decode_json(report.options));
  json.update({{"devices", report.ran.devices},
               {"labels_of", report.pictures.source},
               {"pictures", report.ran.run.pictures},
               {"failures", report.ran.run.failed},
               {"missing", report.pictures.missing.size()},
               {"without_labels", report.pictures.unlabelled},
               {"partly_read_labels", report.pictures.unread},
               {"objects", figures.all.objects},
               {"detections", figures.detections},
               {"detections_cut", report.ran.run.fleet.detections_cut},
               {"candidates_dropped", report.ran.run.fleet.candidates_dropped},
               {"iou", as_json_number(report.thresholds.iou)},
               {"points", report.points},
               {"map", figures.map},
               {"classes_without_objects", classes_without_objects(figures)},
               {"map_confidence", as_json_number(report.thresholds.confidence)}});
  json.update(counts_json(figures.all));
  json["classes"] = ordered_json::array();
  for (std::size_t id = 0; id < figures.classes.size(); ++id) {
    const ClassFigures& each = figures.classes[id];
    ordered_json row{{"id", id},
                     {"name", report.model.names()[id]},
                     {"objects", each.counts.objects},
                     {"detections", each.detections},
                     {"ap", each.ap}};
    row.update(counts_json(each.counts));
    json["classes"].push_back(std::move(row));
  }
  return json.dump(2, ' ', false, ordered_json::error_handler_t::replace) + '\n';
}

}  // namespace yolofleet::command
