#pragma once

#include <cstdint>
#include <string>

namespace yolofleet {

/// The type that a network computes in.
enum class Precision {
  kAuto,  ///< the fastest that keeps the detections: BF16 where the CPU has it, else FP32
  kFp32,
  kBf16,
};

/// How a picture becomes the network's input.
enum class Resize {
  kModel,      ///< as the cfg says: letterbox with letter_box=1, else stretch
  kStretch,    ///< both sides scaled to the input's, each by its own factor (Darknet's default)
  kLetterbox,  ///< one factor for both, the rest filled with grey
};

/// How a Detector works. The defaults are Darknet's where it has one.
struct Options {
  /// Which devices to run on: "auto" or "cpu".
  std::string devices = "auto";
  Precision precision = Precision::kAuto;
  Resize resize = Resize::kModel;
  float confidence = 0.25F;  ///< objectness times class probability must be over it; 0 to 1
  float nms = 0.45F;         ///< overlap over which the weaker of two boxes goes; 0 to 1
  int max_detections = 300;  ///< of a picture, the strongest; at least 1
  int threads = 0;           ///< of the CPU; 0: as many as this process may use
  /// Give the decoded pixels back with each result (for drawing on them).
  bool keep_pixels = false;
  std::int64_t max_pixels = 178'956'970;  ///< a larger picture is refused before it is decoded
};

}  // namespace yolofleet
