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

struct Made {
  Result<std::unique_ptr<backend::Decoder>> decoder;
  std::vector<std::string> reasons;
};

bool may_have_decoder(const OpenLane& lane, const Seat& seat) {
  return lane.make_decoder && !seat.error && !seat.lane->info().decodes &&
         seat.lane->info().takes_device_images;
}

/// Puts the decoder, or the reason why there is none, in its place.
void keep(Made made, Decode decode, Seat& seat, OpenedLanes& opened) {
  if (!made.decoder) {
    opened.warnings.push_back(
        fmt::format("{}: its JPEG decoder isn't used: {}", seat.device,
                    without_device(seat.device, made.decoder.error().message)));
    return;
  }
  seat.decoder = *std::move(made.decoder);
  if (seat.decoder) {
    opened.decoders.push_back(seat.decoder->description());
  }
  const bool expected = seat.decoder != nullptr || decode == Decode::kGpu;
  std::vector<std::string>& told = expected ? opened.warnings : opened.decoders;
  told.insert(told.end(), made.reasons.begin(), made.reasons.end());
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

void make_decoders(const std::vector<OpenLane>& lanes, Decode decode, OpenedLanes& opened) {
  std::vector<std::future<Made>> making(lanes.size());
  for (std::size_t i = 0; i < lanes.size(); ++i) {
    if (may_have_decoder(lanes[i], opened.seats[i])) {
      making[i] = std::async(std::launch::async, [&lane = lanes[i]] {
        std::vector<std::string> reasons;
        auto decoder = lane.make_decoder(reasons);
        return Made{std::move(decoder), std::move(reasons)};
      });
    }
  }
  const std::size_t warned = opened.warnings.size();
  bool made = false;
  for (std::size_t i = 0; i < lanes.size(); ++i) {
    if (making[i].valid()) {
      keep(making[i].get(), decode, opened.seats[i], opened);
      made = made || opened.seats[i].decoder != nullptr;
    }
  }
  if (decode == Decode::kGpu && !made && opened.warnings.size() == warned) {
    opened.warnings.emplace_back("no device has a JPEG decoder: the CPU decodes the files");
  }
}

std::string without_device(const std::string& device, const std::string& message) {
  return message.starts_with(device + ": ") ? message.substr(device.size() + 2) : message;
}

}  // namespace yolofleet::fleet
