#pragma once

#include <cstdint>
#include <ostream>

#include "graph/network.hpp"

namespace yolofleet::generated {

/// Writes a Darknet weights file of random values for a network, the same for the same seed and
/// input size. The values are fitted layer by layer to what a made-up picture gives there, as
/// batch normalisation fits them in training: every convolution gives about mean 0 to 1 and
/// deviation 1 before its activation, every head values of deviation 2, so that nothing grows,
/// dies or is alike everywhere through some hundred layers.
/// Throws std::runtime_error for a layer with parameters of an unknown kind.
void write_weights(const graph::Network& network, std::uint64_t seed, std::ostream& out);

}  // namespace yolofleet::generated
