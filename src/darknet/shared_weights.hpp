#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "darknet/cfg_text.hpp"
#include "graph/network.hpp"
#include "yolofleet/error.hpp"

namespace yolofleet::darknet {

/// Checks the `share_index` of a convolution as Darknet does (make_convolutional_layer in
/// src/convolutional_layer.c), and makes it the index of the layer that has the weights, which is
/// another one if the named layer shares weights itself. `input` is the operation's; `before` are
/// the layers before it. Returns the number of parameters that it shares; 0 for any other
/// operation. Errors, naming file, line and key: kMismatch (the layer is no convolution; it differs
/// in size, filters, groups or input channels).
Result<std::int64_t> resolve_share_index(graph::Operation& operation, const graph::Shape& input,
                                         std::span<const graph::Layer> before,
                                         const CfgSection& section, std::string_view file);

}  // namespace yolofleet::darknet
