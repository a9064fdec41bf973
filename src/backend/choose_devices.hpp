#pragma once

#include <string>
#include <vector>

#include "backend/device.hpp"
#include "yolofleet/error.hpp"
#include "yolofleet/options.hpp"

namespace yolofleet::backend {

/// The devices that `options.devices` selects, at least one. "auto" selects every usable device
/// that is no fallback or, if there is none, the fallbacks. "all" selects both. These two leave out
/// devices that can't be used, each with a warning. A back end that can't list its devices is a
/// warning, too, unless it has none (kNotFound). With OnDeviceError::kContinue a list leaves out,
/// with a warning, each named device of a known back end that doesn't exist or can't be used.
/// Errors: kNotFound (a named device doesn't exist or can't be used, with the reason or the allowed
/// names; if such devices may be left out: none is left), kInvalidArgument (a device that is named
/// twice, "auto" or "all" in a list, a malformed name).
Result<Devices> choose_devices(const Options& options, const std::vector<Listing>& listings,
                               std::vector<std::string>& warnings);

/// The one device that `options.devices` selects; OnDeviceError::kContinue leaves no named device
/// out. Errors: as choose_devices, and kInvalidArgument (it selects several).
Result<std::shared_ptr<Device>> choose_one_device(const Options& options,
                                                  const std::vector<Listing>& listings);

}  // namespace yolofleet::backend
