#include "fleet/open_lanes.hpp"

#include <fmt/format.h>

#include <future>
#include <utility>

namespace yolofleet::fleet {

std::vector<OpenedLane> open_side_by_side(
    const std::vector<OpenLane>& lanes,
    const std::function<backend::OnFinished(std::size_t)>& on_finished) {
  std::vector<std::future<OpenedLane>> opening;
  for (std::size_t i = 0; i < lanes.size(); ++i) {
    opening.push_back(std::async(std::launch::async, [&lane = lanes[i], finished = on_finished(i)] {
      std::vector<std::string> warnings;
      auto opened = lane.open(finished, warnings);
      return OpenedLane{std::move(opened), std::move(warnings)};
    }));
  }
  std::vector<OpenedLane> opened;
  opened.reserve(opening.size());
  for (auto& lane : opening) {
    opened.push_back(lane.get());
  }
  return opened;
}

std::string without_device(const std::string& device, const std::string& message) {
  return message.starts_with(device + ": ") ? message.substr(device.size() + 2) : message;
}

std::string not_used(const std::string& device, const Error& error) {
  return fmt::format("{} isn't used: {}", device, without_device(device, error.message));
}

}  // namespace yolofleet::fleet
