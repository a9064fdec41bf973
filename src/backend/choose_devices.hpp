#pragma once

#include <string>
#include <vector>

#include "backend/device.hpp"
#include "yolofleet/error.hpp"
#include "yolofleet/options.hpp"

namespace yolofleet::backend {

/// The devices that `options.devices` names, at least one. "auto" is every usable device that is no
/// fallback, else the fallbacks; "all" is both. "auto" and "all" leave out a device that can't be
/// used; with OnDeviceError::kContinue so does a list. Each left-out device is a warning, but a
/// back end without devices is none.
/// Errors: kNotFound (a named device that isn't there or can't be used, with the reason and the
/// names that are allowed; with kContinue only if no other is left), kInvalidArgument (a device
/// twice; "auto" or "all" in a list; a malformed name).
Result<Devices> choose_devices(const Options& options, const std::vector<Listing>& listings,
                               std::vector<std::string>& warnings);

/// The one device that `options.devices` names. Errors: as choose_devices, and kInvalidArgument
/// (several).
Result<std::shared_ptr<Device>> choose_one_device(const Options& options,
                                                  const std::vector<Listing>& listings);

}  // namespace yolofleet::backend
