#pragma once

#include "fleet/fleet.hpp"
#include "yolofleet/options.hpp"

namespace yolofleet {

/// What a Detector's options say to its fleet.
fleet::FleetOptions fleet_options(const Options& options, fleet::DecodeOptions decode);

}  // namespace yolofleet
