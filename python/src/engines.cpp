#include "yolofleet/engines.hpp"

#include <nanobind/nanobind.h>
#include <nanobind/stl/filesystem.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include "bindings.hpp"
#include "build_progress.hpp"
#include "errors.hpp"
#include "options.hpp"
#include "waiting.hpp"

namespace nb = nanobind;

namespace yolofleet::python {
namespace {

/// (engines, warnings)
nb::tuple build(const Model& model, const nb::dict& given, const nb::object& on_build) {
  Options options = options_of(given);
  const auto progress = std::make_shared<BuildProgressQueue>();
  options.on_build = progress->on_build();
  const BuiltEngines built =
      value(wait_for([model, options] { return build_engines(model, options); },
                     [&] { progress->call(on_build); }));
  nb::list engines;
  for (const EngineReport& engine : built.engines) {
    nb::dict row;
    row["device"] = engine.device;
    row["file"] = engine.file;
    row["bytes"] = engine.bytes;
    row["built"] = engine.built;
    row["seconds"] = engine.seconds;
    engines.append(row);
  }
  return nb::make_tuple(engines, built.warnings);
}

}  // namespace

void bind_engines(nb::module_& module) {
  module.def("build_engines", &build, nb::arg("model"), nb::arg("options"),
             nb::arg("on_build").none());
  module.def("default_engine_folder", [] { return value(default_engine_folder()); });
}

}  // namespace yolofleet::python
