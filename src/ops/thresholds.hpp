#pragma once

namespace yolofleet::ops {

/// Which boxes become detections: Options::confidence and Options::nms, which have the defaults.
/// The GPU's kernels read this struct from device memory.
struct Thresholds {
  float confidence;  ///< a box's confidence must be over it
  float nms;         ///< IoU threshold of non-maximum suppression
};

}  // namespace yolofleet::ops
