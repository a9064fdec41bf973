#pragma once

#include "backend/device.hpp"

namespace yolofleet::backend::cpu {

/// The CPU, as the back end's only device: "cpu", or "cpu:N" with N threads.
Listing list_devices();

}  // namespace yolofleet::backend::cpu
