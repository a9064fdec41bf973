#pragma once

#include <string>
#include <vector>

#include "yolofleet/export.hpp"
#include "yolofleet/options.hpp"

namespace yolofleet {

/// A device that a Detector could run on, or why it can't.
struct DeviceInfo {
  std::string id;           ///< what `Options::devices` takes: "cpu"
  std::string name;         ///< what its maker calls it
  std::string runtime;      ///< what runs networks on it, with its version; empty if none can
  std::string unavailable;  ///< empty, or why it can't be used
  bool bf16 = false;        ///< Precision::kBf16 is computed in hardware
};

/// The devices of this machine, the best first.
YOLOFLEET_API std::vector<DeviceInfo> list_devices();

}  // namespace yolofleet
