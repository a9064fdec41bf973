#include <algorithm>
#include <iterator>

#include "backend/backends.hpp"
#include "backend/choose_devices.hpp"
#include "yolofleet/device.hpp"

namespace yolofleet {

std::vector<DeviceInfo> list_devices() {
  std::vector<DeviceInfo> infos;
  for (const backend::Listing& listing : backend::list_all_devices()) {
    for (const auto& device : listing.devices.value_or(backend::Devices{})) {
      infos.push_back(device->info());
    }
  }
  return infos;
}

std::string why_no_gpu() {
  std::string why;
  for (const backend::Listing& listing : backend::list_all_devices()) {
    if (!listing.devices) {
      why = why.empty() ? listing.devices.error().message : why;
    } else if (std::any_of(listing.devices->begin(), listing.devices->end(),
                           [](const auto& device) { return !device->is_fallback(); })) {
      return "";
    }
  }
  return why;
}

Result<std::vector<ChosenDevice>> devices_of(const Options& options) {
  std::vector<std::string> warnings;  // Detector::open gives them again
  const auto chosen = choose_devices(options, backend::list_all_devices(), warnings);
  return chosen.map([](const backend::Devices& devices) {
    std::vector<ChosenDevice> all;
    std::transform(devices.begin(), devices.end(), std::back_inserter(all), [](const auto& device) {
      return ChosenDevice{device->configured_name(), device->info()};
    });
    return all;
  });
}

}  // namespace yolofleet
