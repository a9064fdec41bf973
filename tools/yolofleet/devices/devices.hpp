#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "yolofleet/device.hpp"

namespace yolofleet::command {

struct ListedDevice {
  DeviceInfo info;
  std::size_t engines = 0;  ///< in the cache, that this program would take on it
};

/// Whether the device runs networks as engines that are built for its kind.
bool has_engines(const DeviceInfo& device);

/// The values of --precision that a device supports in hardware; none if it can't be used.
std::vector<std::string> precisions(const DeviceInfo& device);

/// "a", "a and b", "a, b and c".
std::string join(const std::vector<std::string>& words);

/// One line a device.
std::string device_lines(const std::vector<ListedDevice>& devices);

std::string device_json(const std::vector<ListedDevice>& devices);

}  // namespace yolofleet::command
