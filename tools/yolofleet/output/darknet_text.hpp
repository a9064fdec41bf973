#pragma once

#include <span>
#include <string>

#include "output/sink.hpp"

namespace yolofleet::command {

/// The lines " Detection layer: 30 - type = 28 ", one for each head, that Darknet prints before the
/// lines of each picture (`test_detector`, src/detector.c; the types are LAYER_TYPE's of
/// include/darknet.h).
std::string darknet_heads(std::span<const LayerInfo> layers);

/// The line "NAME: Predicted in 12.345000 milli-seconds." and, from the left edge to the right, a
/// line for each detection (`draw_detections_v3`, src/image.c, with -ext_output): class, confidence
/// in whole percent and, behind a tab, the box in whole pixels, not clipped to the picture. Of
/// detections with the same box, the one of highest confidence comes first, the others by class.
/// Precondition: the picture didn't fail.
std::string darknet_text(const Outcome& outcome, std::span<const std::string> names);

}  // namespace yolofleet::command
