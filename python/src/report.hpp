#pragma once

#include <nanobind/nanobind.h>

#include "yolofleet/report.hpp"

namespace yolofleet::python {

/// The report with the names of its members as keys; an error is (code, message, warnings) or None.
nanobind::dict dict_of(const FleetReport& report);

}  // namespace yolofleet::python
