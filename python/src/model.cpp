#include <nanobind/nanobind.h>
#include <nanobind/stl/array.h>
#include <nanobind/stl/filesystem.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <filesystem>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "bindings.hpp"
#include "errors.hpp"
#include "unlocked.hpp"
#include "yolofleet/model.hpp"

namespace nb = nanobind;
namespace fs = std::filesystem;

namespace yolofleet::python {
namespace {

using MaybePath = std::optional<fs::path>;
using Size = std::optional<std::pair<int, int>>;

LoadOptions load_options(const Size& input_size, bool unknown_keys, bool trailing_weights) {
  LoadOptions options{{}, unknown_keys, trailing_weights};
  if (input_size) {
    options.input_size = InputSize{input_size->first, input_size->second};
  }
  return options;
}

Model load_folder(const fs::path& folder, const Size& input_size, bool unknown_keys,
                  bool trailing_weights) {
  const LoadOptions options = load_options(input_size, unknown_keys, trailing_weights);
  auto model = [&] {
    const Unlocked unlocked;
    return Model::load(folder, options);
  }();
  return value(std::move(model));
}

Model load_files(const fs::path& cfg, const MaybePath& weights, const MaybePath& names,
                 const MaybePath& data, const std::tuple<Size, bool, bool>& how) {
  const ModelFiles files{cfg, weights.value_or(""), names.value_or(""), data.value_or("")};
  const LoadOptions options = std::apply(load_options, how);
  auto model = [&] {
    const Unlocked unlocked;
    return weights ? Model::load(files, options) : Model::load_architecture(files, options);
  }();
  return value(std::move(model));
}

std::string repr(const Model& model) {
  const auto [width, height] = model.input_size();
  return "<yolofleet model '" + model.name() + "': input " + std::to_string(width) + "x" +
         std::to_string(height) + "x" + std::to_string(model.input_channels()) + ", " +
         std::to_string(model.class_count()) + " classes, " + std::to_string(model.parameters()) +
         " parameters, " + std::to_string(model.flops()) + " FLOPs a picture" +
         (model.has_weights() ? "" : ", without weights") + ">";
}

std::string repr(const LayerInfo& layer) {
  const auto shape = [](int channels, int height, int width) {
    return std::to_string(channels) + "x" + std::to_string(height) + "x" + std::to_string(width);
  };
  return "<layer " + std::to_string(layer.index) + ": " + layer.kind +
         (layer.notes.empty() ? "" : " " + layer.notes) + ", " +
         shape(layer.input_channels, layer.input_height, layer.input_width) + " -> " +
         shape(layer.output_channels, layer.output_height, layer.output_width) + ">";
}

std::string repr(const HeadInfo& head) {
  return "<head of layer " + std::to_string(head.layer) + ": " + std::to_string(head.columns) +
         "x" + std::to_string(head.rows) + " cells of " + std::to_string(head.stride) +
         " pixels, " + std::to_string(head.anchors.size()) + " anchors, " +
         std::to_string(head.classes) + " classes>";
}

void bind_layers(nb::module_& module) {
  nb::class_<LayerInfo>(module, "LayerInfo",
                        "One layer of a network. Sizes are channels, height, width.")
      .def_ro("index", &LayerInfo::index, "from 0")
      .def_ro("line", &LayerInfo::line, "line of its section in the cfg, from 1")
      .def_ro("kind", &LayerInfo::kind, "the name of its section, such as 'convolutional'")
      .def_ro("notes", &LayerInfo::notes, "its options, such as '64 3x3/2 mish'")
      .def_prop_ro("input_shape",
                   [](const LayerInfo& layer) {
                     return std::tuple(layer.input_channels, layer.input_height, layer.input_width);
                   })
      .def_prop_ro("output_shape",
                   [](const LayerInfo& layer) {
                     return std::tuple(layer.output_channels, layer.output_height,
                                       layer.output_width);
                   })
      .def_ro("parameters", &LayerInfo::parameters, "its floats in the weights file")
      .def_ro("flops", &LayerInfo::flops, "for one picture; a multiply-add counts as two")
      .def("__repr__", [](const LayerInfo& layer) { return repr(layer); });
  nb::class_<HeadInfo>(module, "HeadInfo", "A head: a layer whose values become boxes.")
      .def_ro("layer", &HeadInfo::layer)
      .def_ro("rows", &HeadInfo::rows)
      .def_ro("columns", &HeadInfo::columns)
      .def_ro("stride", &HeadInfo::stride, "pixels of the input from one cell to the next, rounded")
      .def_ro("classes", &HeadInfo::classes)
      .def_ro("anchors", &HeadInfo::anchors, "width and height, in pixels of the input")
      .def("__repr__", [](const HeadInfo& head) { return repr(head); });
}

}  // namespace

void bind_model(nb::module_& module) {
  bind_layers(module);
  nb::class_<Model>(module, "CoreModel")
      .def_static("load_folder", &load_folder)
      .def_static("load_files", &load_files, nb::arg("cfg"), nb::arg("weights").none(),
                  nb::arg("names").none(), nb::arg("data").none(), nb::arg("how"))
      .def_prop_ro("name", &Model::name)
      .def_prop_ro("input_size",
                   [](const Model& model) {
                     return std::pair(model.input_size().width, model.input_size().height);
                   })
      .def_prop_ro("input_channels", &Model::input_channels)
      .def_prop_ro("names",
                   [](const Model& model) {
                     return std::vector<std::string>(model.names().begin(), model.names().end());
                   })
      .def_prop_ro("letterbox", &Model::letterbox)
      .def_prop_ro("warnings",
                   [](const Model& model) {
                     return std::vector<std::string>(model.warnings().begin(),
                                                     model.warnings().end());
                   })
      .def_prop_ro("layers", &Model::layers)
      .def_prop_ro("heads", &Model::heads)
      .def_prop_ro("parameters", &Model::parameters)
      .def_prop_ro("flops", &Model::flops)
      .def_prop_ro("has_weights", &Model::has_weights)
      .def("__repr__", [](const Model& model) { return repr(model); });
}

}  // namespace yolofleet::python
