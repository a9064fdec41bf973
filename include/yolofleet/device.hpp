#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "yolofleet/error.hpp"
#include "yolofleet/export.hpp"
#include "yolofleet/options.hpp"

namespace yolofleet {

/// A device that a Detector could run on, or why it can't.
struct DeviceInfo {
  std::string id;           ///< what `Options::devices` takes: "cpu", "cuda:0"
  std::string name;         ///< what its maker calls it
  std::string runtime;      ///< what runs networks on it, with its version; empty if none can
  std::string unavailable;  ///< empty, or why it can't be used
  bool bf16 = false;        ///< a CPU's: Precision::kBf16 is computed in hardware
  std::string uuid;         ///< a GPU's: "GPU-6f1a..."
  std::string compute_capability;  ///< a GPU's: "9.0"
  std::uint64_t memory = 0;        ///< a GPU's, bytes
  /// A GPU's: cards of one kind share their engines. "NVIDIA H100 80GB HBM3 (9.0, 132
  /// multiprocessors)".
  std::string kind;
};

/// The devices of this machine: its GPUs, then its CPU.
YOLOFLEET_API std::vector<DeviceInfo> list_devices();

/// Why `list_devices` has no GPU: no card, no driver, one that is too old, or a program that was
/// built without the GPU back end. Empty where it has one.
YOLOFLEET_API std::string why_no_gpu();

/// The devices that a Detector with these options would run on, in its order, each by a name that
/// means it alone in `Options::devices`: of "auto" or "all", "cuda:0", "cuda:1". Opens none. Of the
/// options devices, threads and on_device_error count. Errors: Detector::open's about
/// `Options::devices`, kNotFound and kInvalidArgument.
YOLOFLEET_API Result<std::vector<std::string>> devices_of(const Options& options);

}  // namespace yolofleet
