#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "yolofleet/error.hpp"
#include "yolofleet/export.hpp"
#include "yolofleet/options.hpp"

namespace yolofleet {

/// A device of this machine: its properties, and whether a Detector can run on it.
struct DeviceInfo {
  std::string id;           ///< its name in `Options::devices`: "cpu", "cuda:0"
  std::string name;         ///< its product name
  std::string runtime;      ///< the library that runs networks on it, with its version; empty: none
  std::string unavailable;  ///< why it can't be used; empty: it can
  bool bf16 = false;        ///< CPU: its hardware computes in BF16
  std::string uuid;         ///< GPU: "GPU-6f1a..."
  std::string compute_capability;  ///< GPU: "9.0"
  std::uint64_t memory = 0;        ///< GPU: bytes of device memory
  /// GPU: name, compute capability and number of multiprocessors, "NVIDIA H100 80GB HBM3 (9.0, 132
  /// multiprocessors)". GPUs of the same kind share their engines.
  std::string kind;
};

/// Lists the devices of this machine: its GPUs, then its CPU.
YOLOFLEET_API std::vector<DeviceInfo> list_devices();

/// The reason why `list_devices` lists no GPU: no GPU, no driver, a driver that is too old, or a
/// program that was built without the GPU back end. Empty if it lists one.
YOLOFLEET_API std::string why_no_gpu();

/// Lists the devices that a Detector with these options would run on, in its order, without opening
/// them. Each string names one device and can stand in `Options::devices`: for "auto" or "all",
/// "cuda:0", "cuda:1". Uses only the options devices, threads and on_device_error.
/// Errors: kNotFound and kInvalidArgument, as Detector::open gives them for `Options::devices`.
YOLOFLEET_API Result<std::vector<std::string>> devices_of(const Options& options);

}  // namespace yolofleet
