#pragma once

#include <memory>

#include "backend/device.hpp"
#include "backend/fake/script.hpp"

namespace yolofleet::backend::fake {

/// A device without hardware, for tests: its lane finds one box in each picture, or Script::found
/// equal ones, of a class and a confidence that depend on the picture's first pixel alone, with the
/// script's delays and failures. It needs no module and no weights.
std::shared_ptr<Device> make_device(Script script);

/// The devices that the environment variable YOLOFLEET_FAKE_DEVICES describes (parse_scripts).
/// Errors: kNotFound (it isn't set), kInvalidArgument (parse_scripts).
Listing list_devices();

}  // namespace yolofleet::backend::fake
