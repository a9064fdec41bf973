#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace yolofleet {

/// The engine of one device after `build_engines`.
struct EngineReport {
  std::string device;          ///< "cuda:0"
  std::filesystem::path file;  ///< the engine's file in the cache; GPUs of one kind share it
  std::uint64_t bytes = 0;     ///< size of the file
  bool built = false;          ///< true: this call built it; false: the cache had it
  double seconds = 0;          ///< that building or loading took
};

/// The result of `build_engines`.
struct BuiltEngines {
  std::vector<EngineReport> engines;  ///< one per device, in the devices' order
  /// One line each: a GPU that can't be used, a cached engine that couldn't be loaded, or a batch
  /// that had to be smaller.
  std::vector<std::string> warnings;
};

/// A file of the engine cache. With a `problem`, the members after `problem` may be empty.
struct CachedEngine {
  std::filesystem::path file;
  std::uint64_t bytes = 0;
  std::string problem;      ///< why no Detector would load this file; empty if one would
  std::string model;        ///< the cfg's file name without its ending
  std::string device_kind;  ///< as DeviceInfo::kind
  std::string tensorrt;     ///< version of TensorRT that built it: "8.6.0"
  std::string yolofleet;    ///< version of yolofleet that built it
  std::string precision;    ///< "fp16", "tf32", "fp32"
  std::string mish;         ///< "native", "plugin"
  int batch = 0;            ///< the largest batch, in pictures
  int max_detections = 0;   ///< of a picture, at most; 0: an engine of RawHeads
  int build_level = 0;
};

}  // namespace yolofleet
