#include <nanobind/nanobind.h>
#include <nanobind/stl/string.h>

#include <string>

#include "bindings.hpp"
#include "options.hpp"
#include "yolofleet/version.hpp"

namespace yp = yolofleet::python;

NB_MODULE(_core, module) {
  // Objects that live until the interpreter ends are no fault of a program.
  nanobind::set_leak_warnings(false);
  module.attr("__version__") = std::string(yolofleet::version());
  yp::bind_options(module);
  yp::bind_model(module);
  yp::bind_pictures(module);
  yp::bind_devices(module);
  yp::bind_engines(module);
  yp::bind_detector(module);
}
