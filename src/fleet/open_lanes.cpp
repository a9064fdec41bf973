#include "fleet/open_lanes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <future>
#include <utility>

namespace yolofleet::fleet {
namespace {

struct Opened {
  Result<std::unique_ptr<backend::Lane>> lane;
  std::vector<std::string> warnings;
};

std::future<Opened> begin_opening(const OpenLane& lane, const std::shared_ptr<Outlet>& outlet) {
  return std::async(std::launch::async, [&lane, outlet] {
    std::vector<std::string> warnings;
    auto opened = lane.open(
        [outlet](std::vector<PictureResult> results, std::vector<backend::Job> jobs) {
          outlet->pass(std::move(results), std::move(jobs));
        },
        warnings);
    return Opened{std::move(opened), std::move(warnings)};
  });
}

}  // namespace

std::size_t OpenedLanes::used() const {
  return static_cast<std::size_t>(
      std::count_if(seats.begin(), seats.end(), [](const Seat& seat) { return !seat.error; }));
}

void OpenedLanes::dismiss(std::size_t lane, Error error) {
  Seat& seat = seats[lane];
  seat.lane.reset();
  warnings.push_back(
      fmt::format("{} isn't used: {}", seat.device, without_device(seat.device, error.message)));
  seat.error = std::move(error);
}

Result<OpenedLanes> open_lanes(const std::vector<OpenLane>& lanes, OnDeviceError on_device_error) {
  OpenedLanes all;
  std::vector<std::future<Opened>> opening;
  for (const OpenLane& lane : lanes) {
    all.seats.push_back({lane.device, nullptr, std::make_shared<Outlet>(), std::nullopt});
    opening.push_back(begin_opening(lane, all.seats.back().outlet));
  }
  std::optional<Error> first_error;
  for (std::size_t i = 0; i < lanes.size(); ++i) {
    Opened opened = opening[i].get();
    all.warnings.insert(all.warnings.end(), opened.warnings.begin(), opened.warnings.end());
    if (opened.lane) {
      all.seats[i].lane = *std::move(opened.lane);
      continue;
    }
    if (!first_error) {
      first_error = opened.lane.error();
    }
    all.dismiss(i, std::move(opened.lane).error());
  }
  if (first_error && (on_device_error == OnDeviceError::kFail || all.used() == 0)) {
    return tl::unexpected(*std::move(first_error));
  }
  return all;
}

std::string without_device(const std::string& device, const std::string& message) {
  return message.starts_with(device + ": ") ? message.substr(device.size() + 2) : message;
}

}  // namespace yolofleet::fleet
