#pragma once

#include <span>

#include "yolofleet/error.hpp"
#include "yolofleet/export.hpp"
#include "yolofleet/image.hpp"
#include "yolofleet/model.hpp"
#include "yolofleet/options.hpp"
#include "yolofleet/report.hpp"

namespace yolofleet {

/// How fast one device runs a model's network with nothing around it: on a GPU engines with boxes
/// and NMS in them, as graphs on two streams, over inputs that lie there already; on the CPU one
/// network a thread up to its heads. What a Detector can't be faster than.
///
/// Options::devices must come to one device; precision, threads, batch (0: 16 on a GPU, or
/// fewer where its memory doesn't suffice, which may still be more than a Detector's), and those of
/// engines count. Runs for `seconds`, more than 0. Errors: as Detector::open, and
/// kInvalidArgument for several devices.
YOLOFLEET_API Result<DeviceSpeed> engine_speed(const Model& model, const Options& options,
                                               double seconds);

/// How fast one device gets from pixels to detections, always full and with nothing before or
/// behind it: what is missing to `engine_speed` goes to resizing, copies and waiting, what a
/// Detector is slower than this to its queue and its order. `pictures`: at least one, looked at in
/// turn; for a GPU they are first put into page-locked memory.
///
/// Options and `seconds` as above, with all options of a Detector's devices. Errors: those, that of
/// the first picture that fails, and kInvalidArgument (no picture, or one without pixels).
YOLOFLEET_API Result<DeviceSpeed> lane_speed(const Model& model, const Options& options,
                                             std::span<const ImageView> pictures, double seconds);

}  // namespace yolofleet
