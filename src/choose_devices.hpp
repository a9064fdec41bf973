#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "yolofleet/device.hpp"
#include "yolofleet/error.hpp"
#include "yolofleet/options.hpp"

namespace yolofleet {

/// A device to run on.
struct ChosenDevice {
  std::optional<std::size_t> gpu;  ///< its place in the list of GPUs; nothing: the CPU
  int threads = 0;                 ///< of the CPU; 0: as many as this process may use

  friend bool operator==(const ChosenDevice&, const ChosenDevice&) = default;
};

/// Which devices `options.devices` asks for where these GPUs are, or why there is none: at least
/// one. GPUs that are there but can't be used are left out with a warning by "auto" and "all", and
/// with OnDeviceError::kContinue those that are named and aren't there or can't be used; that there
/// simply is none for "auto" isn't worth one. Errors: kNotFound (no such device, and which there
/// are; or why a GPU that was named can't be used; with kContinue only if no other is left),
/// kInvalidArgument (a device twice; "auto" or "all" in a list; a number of threads that is none,
/// or isn't `options.threads`).
Result<std::vector<ChosenDevice>> choose_devices(const Options& options,
                                                 const Result<std::vector<DeviceInfo>>& gpus,
                                                 std::vector<std::string>& warnings);

/// The only one of those that `devices` asks for. Errors: kInvalidArgument (there are several).
Result<ChosenDevice> only_device(const std::vector<ChosenDevice>& chosen,
                                 const std::string& devices);

}  // namespace yolofleet
