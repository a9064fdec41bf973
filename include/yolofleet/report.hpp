#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "yolofleet/error.hpp"

namespace yolofleet {

/// One stage of a device's work.
struct StageReport {
  std::string stage;   ///< "resize", "network"
  double seconds = 0;  ///< summed over batches, of which several may run at the same time
};

/// The work of a device since it was opened. A retried picture counts only for the device that
/// finished it.
struct DeviceReport {
  std::string device;  ///< "cuda:0"
  /// Set: the device isn't used, because it couldn't be opened, failed the self-test or was lost.
  std::optional<Error> error;
  std::uint64_t pictures = 0;  ///< finished, including failed ones
  std::uint64_t failures = 0;  ///< finished with an error
  std::uint64_t batches = 0;   ///< finished
  double mean_batch = 0;       ///< mean number of pictures in a batch
  double share = 0;            ///< part of all devices' `pictures`, 0 to 1
  double busy_seconds = 0;     ///< time with at least one batch in the device
  /// Mean time that a picture waited for the device, in seconds: from the end of decoding if the
  /// fleet decodes pictures for the device, else from submission.
  double queue_seconds = 0;
  /// The stages include the self-test's picture. Empty if the device doesn't measure its stages. A
  /// GPU has no stage "decode": FleetReport::decode_threads and FleetReport::decoders decode for
  /// it.
  std::vector<StageReport> stages;
  /// Bytes of pictures that were sent to the device, over the bus of a GPU. 0 on the CPU.
  std::uint64_t uploaded_bytes = 0;
  /// The number of pictures that the device holds at once: its slots times a batch. 0 if it isn't
  /// used.
  std::size_t holds = 0;
};

/// The work of the decoder of a device, such as the JPEG engines of a GPU.
struct DecoderReport {
  std::string device;  ///< "cuda:0"
  /// Set: the decoder failed and isn't used any more; others decode its files.
  std::optional<Error> error;
  std::uint64_t pictures = 0;  ///< decoded
  double busy_seconds = 0;     ///< time with at least one batch in the decoder
};

/// The work of a Detector so far.
struct FleetReport {
  std::uint64_t pictures = 0;            ///< with a result, taken or not, including failed ones
  std::uint64_t failures = 0;            ///< those of them with an error
  std::uint64_t detections_cut = 0;      ///< sum of PictureResult::detections_cut
  std::uint64_t candidates_dropped = 0;  ///< sum of PictureResult::candidates_dropped
  /// From the first submission until the last result, or until now if a picture is unfinished.
  double seconds = 0;
  int decode_threads = 0;     ///< threads that decode files; 0: each device decodes its own
  double decode_seconds = 0;  ///< time that these threads spent decoding, summed
  std::uint64_t decoded_by_threads = 0;  ///< files that these threads decoded, or found wrong
  std::vector<DecoderReport> decoders;   ///< those of devices, by device
  std::vector<DeviceReport> devices;  ///< in the order of Options::devices, also those with `error`
};

/// The speed of one device, measured alone: see `engine_speed` and `lane_speed`.
struct DeviceSpeed {
  std::string device;         ///< "cuda:0"
  std::string description;    ///< as in Detector::devices
  std::size_t batch = 1;      ///< pictures in a batch
  std::size_t slots = 1;      ///< batches in the device at once
  double per_second = 0;      ///< pictures a second
  double seconds = 0;         ///< length of the measurement
  std::uint64_t batches = 0;  ///< since opening, including half a second of warm-up
  /// As DeviceReport::stages; empty for the network alone.
  std::vector<StageReport> stages;
  std::uint64_t uploaded_bytes = 0;   ///< as DeviceReport::uploaded_bytes, in `batches`
  std::vector<std::string> warnings;  ///< as Detector::warnings
};

}  // namespace yolofleet
