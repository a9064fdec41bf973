#pragma once

#include <nanobind/nanobind.h>

#include "yolofleet/options.hpp"

namespace yolofleet::python {

/// The options that `given` names, the others as yolofleet::Options has them. Raises TypeError for
/// an unknown name or a value of a wrong type, InvalidArgumentError for an unknown word.
Options options_of(const nanobind::dict& given);

/// All options with their defaults.
nanobind::dict dict_of(const Options& options);

void bind_options(nanobind::module_& module);

}  // namespace yolofleet::python
