#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "backend/decoder.hpp"
#include "backend/lane.hpp"
#include "fleet/outlet.hpp"
#include "yolofleet/options.hpp"

namespace yolofleet::fleet {

/// A lane that can be opened.
struct OpenLane {
  std::string device;  ///< "cuda:0"
  /// Opens the lane, which then hands its finished batches to `on_finished`. Appends its warnings
  /// to `warnings`. Called once, at the same time as `open` of other lanes.
  std::function<Result<std::unique_ptr<backend::Lane>>(const backend::OnFinished& on_finished,
                                                       std::vector<std::string>& warnings)>
      open;
  /// Makes the decoder of the lane's device, once the lane is open; as Device::make_decoder. Called
  /// once, at the same time as that of other lanes. Empty: there is none.
  std::function<Result<std::unique_ptr<backend::Decoder>>(std::vector<std::string>& warnings)>
      make_decoder{};
};

/// An opened lane, or the error in its place.
struct Seat {
  std::string device;
  std::unique_ptr<backend::Lane> lane;          ///< null if it was never opened or isn't used
  std::shared_ptr<Outlet> outlet;               ///< takes the lane's results
  std::optional<Error> error;                   ///< set: the lane isn't used
  std::unique_ptr<backend::Decoder> decoder{};  ///< of its device; may be null
};

/// The lanes of a fleet, in their order, before it starts.
struct OpenedLanes {
  std::vector<Seat> seats;
  std::vector<std::string> warnings;
  /// Backend::Decoder::description of the decoders, and why other devices have none.
  std::vector<std::string> decoders;

  std::size_t used() const;
  /// Closes the lane, keeps the error in its Seat, and adds a warning.
  void dismiss(std::size_t lane, Error error);
};

/// Opens all lanes at the same time, each in a thread of its own; waits for the last one. Errors:
/// that of the first lane in their order that can't be opened; with OnDeviceError::kContinue only
/// if none can.
Result<OpenedLanes> open_lanes(const std::vector<OpenLane>& lanes, OnDeviceError on_device_error);

/// Makes the decoders of the lanes in use that take pictures of their device, all at the same time.
/// A device whose decoder can't be made does without one; an error causes a warning. With
/// Decode::kGpu there is also a warning if no device has one.
void make_decoders(const std::vector<OpenLane>& lanes, Decode decode, OpenedLanes& opened);

/// The message without the device's name before it: "no memory" for "cuda:1: no memory".
std::string without_device(const std::string& device, const std::string& message);

}  // namespace yolofleet::fleet
