#pragma once

#include "darknet/option_reader.hpp"
#include "graph/operations.hpp"

/// One converter a section: options to operation, with Darknet's defaults. Shapes come later; what
/// is wrong with an option is left in the reader.
namespace yolofleet::darknet {

graph::Operation convert_convolutional(OptionReader& reader);
graph::Operation convert_route(OptionReader& reader);
graph::Operation convert_shortcut(OptionReader& reader);
graph::Operation convert_maxpool(OptionReader& reader);
graph::Operation convert_avgpool(OptionReader& reader);
graph::Operation convert_upsample(OptionReader& reader);
graph::Operation convert_reorg(OptionReader& reader);
graph::Operation convert_reorg3d(OptionReader& reader);
graph::Operation convert_scale_channels(OptionReader& reader);
graph::Operation convert_sam(OptionReader& reader);
graph::Operation convert_dropout(OptionReader& reader);
graph::Operation convert_yolo(OptionReader& reader);
graph::Operation convert_gaussian_yolo(OptionReader& reader);
graph::Operation convert_region(OptionReader& reader);

}  // namespace yolofleet::darknet
