#include "errors.hpp"

#include <nanobind/nanobind.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <string>

namespace nb = nanobind;

namespace yolofleet::python {

void raise(const Error& error) {
  const nb::object make = nb::module_::import_("yolofleet.errors").attr("error_of");
  const nb::object exception =
      make(std::string(to_string(error.code)), error.message, error.warnings);
  PyErr_SetObject(exception.type().ptr(), exception.ptr());
  throw nb::python_error();
}

}  // namespace yolofleet::python
