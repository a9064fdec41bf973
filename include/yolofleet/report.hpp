#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "yolofleet/error.hpp"

namespace yolofleet {

/// A part of a device's work, as far as the device measures it.
struct StageReport {
  std::string stage;   ///< "decode", "network"
  double seconds = 0;  ///< spent in it, summed over batches that may have run side by side
};

/// What a device has done since it was opened. A picture that was given to another device in the
/// end counts there alone.
struct DeviceReport {
  std::string device;  ///< "cuda:0"
  /// Set: it could not be opened, did not pass the self-test or was lost, and isn't used.
  std::optional<Error> error;
  std::uint64_t pictures = 0;  ///< that came back, with an error or without
  std::uint64_t failures = 0;  ///< of those, with an error
  std::uint64_t batches = 0;   ///< that they were in
  double mean_batch = 0;       ///< pictures of a batch
  double share = 0;            ///< of the pictures of all devices, 0 to 1
  double busy_seconds = 0;     ///< with at least one batch in the device
  /// Mean, from a picture's submission (or, where it is decoded before, from its pixels being
  /// there) until the device took it.
  double queue_seconds = 0;
  /// With the self-test's picture; empty where the device doesn't measure them.
  std::vector<StageReport> stages;
};

/// What a Detector has done so far.
struct FleetReport {
  std::uint64_t pictures = 0;  ///< whose result is there, taken or not
  std::uint64_t failures = 0;  ///< of those, with an error
  /// From the first submission until now, or until the last result came where nothing is under way.
  double seconds = 0;
  int decode_threads = 0;     ///< that decode pictures beside the devices; 0: each device does it
  double decode_seconds = 0;  ///< that these were busy, summed
  std::vector<DeviceReport> devices;  ///< in the order of Options::devices, also those with `error`
};

/// The speed of one device, measured alone: see `engine_speed` and `lane_speed`.
struct DeviceSpeed {
  std::string device;         ///< "cuda:0"
  std::string description;    ///< as in Detector::devices
  std::size_t batch = 1;      ///< pictures of a batch
  std::size_t slots = 1;      ///< batches in the device at once
  double per_second = 0;      ///< pictures a second
  double seconds = 0;         ///< length of the measurement
  std::uint64_t batches = 0;  ///< since the device was opened, half a second of warm-up included
  /// Since the device was opened; empty for the network alone.
  std::vector<StageReport> stages;
  std::vector<std::string> warnings;  ///< as Detector::warnings
};

}  // namespace yolofleet
