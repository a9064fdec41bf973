#pragma once

#include <nanobind/nanobind.h>

/// Each function adds the classes and functions of its source file to the module.
namespace yolofleet::python {

void bind_model(nanobind::module_& module);
void bind_pictures(nanobind::module_& module);
void bind_detector(nanobind::module_& module);
void bind_devices(nanobind::module_& module);
void bind_engines(nanobind::module_& module);

}  // namespace yolofleet::python
