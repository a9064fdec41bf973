#pragma once

#include <string>
#include <vector>

#include "yolofleet/device_info.hpp"
#include "yolofleet/error.hpp"
#include "yolofleet/export.hpp"
#include "yolofleet/options.hpp"

namespace yolofleet {

/// Lists the devices of this machine: its GPUs, then its CPU, including those that can't be used.
YOLOFLEET_API std::vector<DeviceInfo> list_devices();

/// Why `list_devices` lists no GPU: the machine has none, there is no driver, the driver is too
/// old, or the program was built without the GPU back end. Empty if it lists one.
YOLOFLEET_API std::string why_no_gpu();

/// A device that `Options::devices` chose.
struct ChosenDevice {
  std::string name;  ///< names it alone in `Options::devices`: "cuda:0", "cpu:4"
  DeviceInfo info;
};

/// Lists the devices that a Detector with these options would run on, in its order, without opening
/// them. Uses only the options devices, threads and on_device_error.
/// Errors: kNotFound and kInvalidArgument, as Detector::open gives them for `Options::devices`.
YOLOFLEET_API Result<std::vector<ChosenDevice>> devices_of(const Options& options);

}  // namespace yolofleet
