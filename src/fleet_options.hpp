#pragma once

#include "fleet/fleet.hpp"
#include "yolofleet/options.hpp"

namespace yolofleet {

/// Translates the options of a Detector into the options of its fleet.
fleet::FleetOptions fleet_options(const Options& options, fleet::DecodeOptions decode);

}  // namespace yolofleet
