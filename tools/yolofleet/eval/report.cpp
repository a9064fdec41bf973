#include "eval/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "shared/inference_json.hpp"
#include "shared/inference_options.hpp"
#include "shared/json_number.hpp"
#include "shared/text.hpp"

namespace yolofleet::command {
namespace {

using nlohmann::ordered_json;

std::uint64_t objects_of(const AveragePrecision& measured) {
  std::uint64_t objects = 0;
  for (const ClassPrecision& each : measured.classes) {
    objects += each.objects;
  }
  return objects;
}

std::string introduction(const EvalReport& report) {
  std::string text = conditions_line(report.model, report.options);
  for (const std::string& device : report.devices) {
    text += device + '\n';
  }
  text += fmt::format(
      "{}: {} with {}; {} (pycocotools {})\n", printable(report.annotations),
      count_of(report.run.pictures, "picture"), count_of(objects_of(report.measured), "object"),
      count_of(report.measured.detections, "detection"), printable(report.measured.pycocotools));
  if (report.missing > 0) {
    text += fmt::format("missing and not counted: {} of the annotations\n",
                        count_of(report.missing, "picture"));
  }
  if (report.run.failed > 0) {
    text += fmt::format("failed, counted as without detections: {}\n",
                        count_of(report.run.failed, "picture"));
  }
  return text + '\n';
}

std::string class_rows(const AveragePrecision& measured) {
  std::size_t width = 5;
  for (const ClassPrecision& each : measured.classes) {
    width = std::max(width, display_width(printable(each.name)));
  }
  std::string text = pad_right("class", width) + "  objects      AP    AP50\n";
  for (const ClassPrecision& each : measured.classes) {
    if (each.ap) {
      text += fmt::format("{}  {:>7}  {:>6}  {:>6}\n", pad_right(printable(each.name), width),
                          each.objects, figure(each.ap), figure(each.ap50));
    }
  }
  return text;
}

}  // namespace

std::string figure(const std::optional<double>& value) {
  return value ? fmt::format("{:.4f}", *value) : "-";
}

std::string conditions_line(const Model& model, const Options& options) {
  return fmt::format("{}: input {}x{}x{}, {}; confidence over {:g}, NMS at {:g}{}\n",
                     printable(model.name()), model.input_size().width, model.input_size().height,
                     model.input_channels(), resize_word(options.resize, model.letterbox()),
                     options.confidence, options.nms,
                     options.max_detections > 0
                         ? fmt::format(", at most {} detections a picture", options.max_detections)
                         : "");
}

std::string eval_table(const EvalReport& report) {
  const AveragePrecision& measured = report.measured;
  std::string text = introduction(report);
  text += fmt::format("AP    {}  (IoU 0.50 to 0.95)\nAP50  {}\nAP75  {}\n\n", figure(measured.ap),
                      figure(measured.ap50), figure(measured.ap75));
  text += class_rows(measured);
  if (!report.without_class.empty()) {
    text += fmt::format("\ncategories without a class of the model, never detected: {}\n",
                        printable(fmt::format("{}", fmt::join(report.without_class, ", "))));
  }
  return text;
}

std::string eval_json(const EvalReport& report) {
  const AveragePrecision& measured = report.measured;
  ordered_json json = inference_json(report.model, report.options);
  json.update(decode_json(report.options));
  json.update({
      {"devices", report.devices},
      {"annotations", report.annotations},
      {"pycocotools", measured.pycocotools},
      {"pictures", report.run.pictures},
      {"failures", report.run.failed},
      {"missing", report.missing},
      {"objects", objects_of(measured)},
      {"detections", measured.detections},
      {"detections_cut", report.run.fleet.detections_cut},
      {"candidates_dropped", report.run.fleet.candidates_dropped},
      {"ap", as_json_number(measured.ap)},
      {"ap50", as_json_number(measured.ap50)},
      {"ap75", as_json_number(measured.ap75)},
      {"without_class", report.without_class},
      {"classes", ordered_json::array()},
  });
  for (const ClassPrecision& each : measured.classes) {
    json["classes"].push_back({{"id", each.id},
                               {"name", each.name},
                               {"objects", each.objects},
                               {"ap", as_json_number(each.ap)},
                               {"ap50", as_json_number(each.ap50)}});
  }
  return json.dump(2, ' ', false, ordered_json::error_handler_t::replace) + '\n';
}

}  // namespace yolofleet::command
