#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "yolofleet/device.hpp"
#include "yolofleet/error.hpp"

namespace yolofleet {

/// A device to run on.
struct ChosenDevice {
  std::optional<std::size_t> gpu;  ///< its place in the list of GPUs; nothing: the CPU
  int threads = 0;                 ///< of the CPU; 0: as many as this process may use

  friend bool operator==(const ChosenDevice&, const ChosenDevice&) = default;
};

/// Which devices `Options::devices` asks for where these GPUs are, or why there is none: at least
/// one. `threads` is Options::threads, for a CPU that is named without a number. GPUs that are
/// there but can't be used are left out with a warning by "auto" and "all"; that there simply is
/// none isn't worth one. Errors: kNotFound (no such device, and which there are; or why a GPU that
/// was named can't be used), kInvalidArgument (a device twice; a number of threads that is none, or
/// isn't `threads`).
Result<std::vector<ChosenDevice>> choose_devices(const std::string& devices, int threads,
                                                 const Result<std::vector<DeviceInfo>>& gpus,
                                                 std::vector<std::string>& warnings);

/// The only one of those that `devices` asks for. Errors: kInvalidArgument (there are several).
Result<ChosenDevice> only_device(const std::vector<ChosenDevice>& chosen,
                                 const std::string& devices);

}  // namespace yolofleet
