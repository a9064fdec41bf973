#include "inspect/inspect.hpp"

#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "shared/exit_code.hpp"
#include "shared/fail.hpp"
#include "shared/model_options.hpp"
#include "shared/output_options.hpp"
#include "shared/subcommands.hpp"
#include "shared/text.hpp"

namespace yolofleet::command {
namespace {

using nlohmann::ordered_json;

struct InspectArguments {
  std::vector<std::string> positional;
  ModelArguments model;
  bool json = false;
};

std::string shape(int width, int height, int channels) {
  return fmt::format("{:>4} x{:>4} x{:>5}", width, height, channels);
}

std::string anchors(const HeadInfo& head) {
  std::string text;
  for (const auto& anchor : head.anchors) {
    text += fmt::format("{}{:g}x{:g}", text.empty() ? "" : ", ", anchor[0], anchor[1]);
  }
  return text;
}

ordered_json layer_json(const LayerInfo& layer) {
  return {{"index", layer.index},
          {"line", layer.line},
          {"kind", layer.kind},
          {"notes", layer.notes},
          {"input", {layer.input_width, layer.input_height, layer.input_channels}},
          {"output", {layer.output_width, layer.output_height, layer.output_channels}},
          {"parameters", layer.parameters},
          {"flops", layer.flops}};
}

ordered_json head_json(const HeadInfo& head) {
  return {{"layer", head.layer},   {"rows", head.rows},       {"columns", head.columns},
          {"stride", head.stride}, {"classes", head.classes}, {"anchors", head.anchors}};
}

int inspect(InspectArguments& arguments) {
  if (auto named = take_model(arguments.model, arguments.positional, false); !named) {
    return report_error(named.error());
  }
  if (!arguments.positional.empty()) {
    return report_error(
        {ErrorCode::kInvalidArgument,
         "inspect takes one MODEL; unexpected argument: " + arguments.positional.front()});
  }
  const auto model = load_for_inspection(arguments.model);
  if (!model) {
    return report_error(model.error());
  }
  say_warnings(model->warnings());
  return print(arguments.json ? model_json(*model) : model_table(*model));
}

}  // namespace

std::string model_table(const Model& model) {
  std::string text = fmt::format("{:>5}  {:<16}{:<26}  {:<17}     {:<17}{:>12}{:>9}\n", "layer",
                                 "kind", "", "input (w x h x c)", "output", "parameters", "GFLOPs");
  for (const LayerInfo& layer : model.layers()) {
    text +=
        fmt::format("{:>5}  {:<16}{:<26}  {} -> {}{:>12}{:>9.3f}\n", layer.index, layer.kind,
                    layer.notes, shape(layer.input_width, layer.input_height, layer.input_channels),
                    shape(layer.output_width, layer.output_height, layer.output_channels),
                    layer.parameters, static_cast<double>(layer.flops) / 1e9);
  }
  for (const HeadInfo& head : model.heads()) {
    text +=
        fmt::format("head at layer {}: {} x {} cells, stride {}, {} classes, anchors {}\n",
                    head.layer, head.columns, head.rows, head.stride, head.classes, anchors(head));
  }
  const InputSize size = model.input_size();
  text += fmt::format("{}: input {} x {} x {} ({}), {} parameters, {:.3f} GFLOPs a picture{}\n",
                      model.name(), size.width, size.height, model.input_channels(),
                      model.letterbox() ? "letterbox" : "stretch", model.parameters(),
                      static_cast<double>(model.flops()) / 1e9,
                      model.has_weights() ? "" : ", no weights");
  return text;
}

std::string model_json(const Model& model) {
  const InputSize size = model.input_size();
  ordered_json json = {{"model", model.name()},
                       {"input",
                        {{"width", size.width},
                         {"height", size.height},
                         {"channels", model.input_channels()},
                         {"letterbox", model.letterbox()}}},
                       {"parameters", model.parameters()},
                       {"flops", model.flops()},
                       {"has_weights", model.has_weights()},
                       {"names", model.names()},
                       {"layers", ordered_json::array()},
                       {"heads", ordered_json::array()},
                       {"warnings", model.warnings()}};
  for (const LayerInfo& layer : model.layers()) {
    json["layers"].push_back(layer_json(layer));
  }
  for (const HeadInfo& head : model.heads()) {
    json["heads"].push_back(head_json(head));
  }
  return json.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

void add_inspect(CLI::App& app, int& exit_code) {
  CLI::App* const inspect_app =
      app.add_subcommand("inspect", "Show a model's layers, parameters, FLOPs and heads");
  const auto arguments = std::make_shared<InspectArguments>();
  inspect_app->add_option("model", arguments->positional)->group("");
  add_model_options(*inspect_app, arguments->model);
  add_json_flag(*inspect_app, arguments->json);
  inspect_app->footer(
      "MODEL is a folder with one .cfg, at most one .weights and at most one .names file; or a "
      ".cfg\n"
      "file; or a Darknet .data file, which needs --cfg, too. Weights aren't needed: shapes,\n"
      "parameters and FLOPs follow from the .cfg. A multiply-add counts as two FLOPs.\n\n"
      "Examples:\n"
      "  yolofleet inspect yolov4-tiny\n"
      "  yolofleet inspect yolov4.cfg --input-size 416x416 --json");
  set_usage(*inspect_app,
            "yolofleet inspect [OPTIONS] MODEL\n"
            "       yolofleet inspect [OPTIONS] [FILE.data] --cfg FILE [--weights FILE] [--names "
            "FILE]");
  inspect_app->callback([arguments, &exit_code] { exit_code = inspect(*arguments); });
}

}  // namespace yolofleet::command
