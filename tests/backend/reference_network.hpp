#pragma once

#include <span>
#include <vector>

#include "graph/network.hpp"

namespace yolofleet::backend {

/// Runs a network by plain loops over Darknet's definitions, in double between the layers' floats:
/// the judge of the back ends. Slow; for small networks. Gives the output of every layer.
std::vector<std::vector<float>> run_reference(const graph::Network& network,
                                              std::span<const float> input);

}  // namespace yolofleet::backend
