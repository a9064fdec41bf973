#pragma once

#include <cstdint>
#include <string>

namespace yolofleet {

/// A device of this machine that a Detector could run on, or the reason why it can't.
struct DeviceInfo {
  std::string id;           ///< its name in `Options::devices`: "cpu", "cuda:0"
  std::string name;         ///< the maker's name for it
  std::string runtime;      ///< the library that runs networks on it, with its version, or empty
  std::string unavailable;  ///< why it can't be used; empty if it can
  bool bf16 = false;        ///< of a CPU: it computes Precision::kBf16 in hardware
  std::string uuid;         ///< of a GPU: "GPU-6f1a..."
  std::string compute_capability;  ///< of a GPU: "9.0"
  std::uint64_t memory = 0;        ///< of a GPU, in bytes
  /// Of a GPU: cards of one kind share their engines. "NVIDIA H100 80GB HBM3 (9.0, 132
  /// multiprocessors)".
  std::string kind;
};

}  // namespace yolofleet
