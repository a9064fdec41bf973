#pragma once

#include <string>
#include <vector>

#include "yolofleet/device_info.hpp"
#include "yolofleet/error.hpp"
#include "yolofleet/export.hpp"
#include "yolofleet/options.hpp"

namespace yolofleet {

/// The devices of this machine: its GPUs, then its CPU.
YOLOFLEET_API std::vector<DeviceInfo> list_devices();

/// Why `list_devices` has no GPU: no card, no driver, one that is too old, or a program that was
/// built without the GPU back end. Empty where it has one.
YOLOFLEET_API std::string why_no_gpu();

/// The devices that a Detector with these options would run on, in its order, each by a name that
/// means it alone in `Options::devices`: of "auto" or "all", "cuda:0", "cuda:1". Opens none. Of the
/// options devices, threads and on_device_error count. Errors: Detector::open's about
/// `Options::devices`, kNotFound and kInvalidArgument.
YOLOFLEET_API Result<std::vector<std::string>> devices_of(const Options& options);

}  // namespace yolofleet
