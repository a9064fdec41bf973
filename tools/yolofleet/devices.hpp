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

/// One line a device.
std::string device_lines(const std::vector<ListedDevice>& devices);

std::string device_json(const std::vector<ListedDevice>& devices);

}  // namespace yolofleet::command
