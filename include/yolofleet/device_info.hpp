#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "yolofleet/options.hpp"

namespace yolofleet {

/// A device of this machine. Members that don't apply to it are empty, false or 0.
struct DeviceInfo {
  std::string id;           ///< its name in `Options::devices`: "cpu", "cuda:0"
  std::string name;         ///< its product name
  std::string runtime;      ///< library that runs networks on it: "TensorRT 8.6.0"; may be empty
  std::string unavailable;  ///< why it can't be used; empty if it can
  /// The precisions that its hardware supports, FP32 first; empty if it can't be used.
  std::vector<Precision> precisions;
  std::string uuid;                ///< GPU: "GPU-6f1a..."
  std::string compute_capability;  ///< GPU: "9.0"
  std::uint64_t memory = 0;        ///< GPU: bytes of device memory
  /// GPU: devices of one kind share their engines. "NVIDIA H100 80GB HBM3 (9.0, 132
  /// multiprocessors)".
  std::string kind;
  /// GPU: the driver has its video decoder (NVDEC), for VideoOptions::device. Not each GPU decodes
  /// each codec.
  bool decodes_videos = false;
};

}  // namespace yolofleet
