#pragma once

#include <span>

#include "yolofleet/error.hpp"
#include "yolofleet/export.hpp"
#include "yolofleet/model.hpp"
#include "yolofleet/options.hpp"
#include "yolofleet/planes.hpp"
#include "yolofleet/report.hpp"

namespace yolofleet {

/// Measures how fast one device runs a model's network alone; a Detector can't be faster. On a GPU
/// the engine includes boxes and NMS; it runs as CUDA graphs on two streams, and its inputs are
/// already in device memory. On the CPU each thread runs the network up to its heads.
///
/// `options.devices` must select exactly one device. Uses only the options devices,
/// on_device_error, precision, confidence, nms, max_detections, threads, batch, mish, build_level,
/// engine_cache, use_engine_cache and on_build. With batch 0 a GPU uses 16, or fewer if its memory
/// is too small; a Detector may have to use fewer still. Runs for `seconds`, more than 0.
/// Errors: those of Detector::open, and kInvalidArgument for several devices.
YOLOFLEET_API Result<DeviceSpeed> engine_speed(const Model& model, const Options& options,
                                               double seconds);

/// Measures how fast one device gets from pixels to detections if it always has work. It is slower
/// than `engine_speed` by the cost of resizing, copies and waiting. A Detector is slower than this
/// by the cost of its queue and of keeping results in order. `pictures`: at least one; they are
/// used in turn. For a GPU they are first copied to page-locked memory.
///
/// `options` and `seconds` are as above; all options that concern a device are used. Errors: as
/// above, the error of the first picture that fails, and kInvalidArgument (no picture, or a picture
/// without pixels).
YOLOFLEET_API Result<DeviceSpeed> lane_speed(const Model& model, const Options& options,
                                             std::span<const PixelView> pictures, double seconds);

}  // namespace yolofleet
