#pragma once

#include <span>
#include <vector>

#include "graph/network.hpp"

namespace yolofleet::backend {

/// Runs a network by plain loops that follow Darknet's definitions: the reference for the back
/// ends. Computes each layer in double and rounds its output to float. Slow; for small networks.
/// Returns the output of every layer.
std::vector<std::vector<float>> run_reference(const graph::Network& network,
                                              std::span<const float> input);

}  // namespace yolofleet::backend
