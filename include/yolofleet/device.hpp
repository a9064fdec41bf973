#pragma once

#include <string>
#include <vector>

#include "yolofleet/device_info.hpp"
#include "yolofleet/error.hpp"
#include "yolofleet/export.hpp"
#include "yolofleet/options.hpp"

namespace yolofleet {

/// Lists the devices of this machine: its GPUs, then its CPU.
YOLOFLEET_API std::vector<DeviceInfo> list_devices();

/// The reason why `list_devices` lists no GPU: no GPU, no driver, a driver that is too old, or a
/// program that was built without the GPU back end. Empty if it lists one.
YOLOFLEET_API std::string why_no_gpu();

/// Lists the devices that a Detector with these options would run on, in its order, without opening
/// them. Each string names one device and can stand in `Options::devices`: for "auto" or "all",
/// "cuda:0", "cuda:1". Uses only the options devices, threads and on_device_error.
/// Errors: kNotFound and kInvalidArgument, as Detector::open gives them for `Options::devices`.
YOLOFLEET_API Result<std::vector<std::string>> devices_of(const Options& options);

}  // namespace yolofleet
