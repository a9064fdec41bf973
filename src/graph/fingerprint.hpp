#pragma once

#include <string>

#include "graph/network.hpp"

namespace yolofleet::graph {

/// A hash, as 32 hexadecimal digits, of everything that a network's results depend on: input,
/// layers, parameters and weights; not of names, line numbers or files. Equal networks have equal
/// hashes.
std::string fingerprint(const Network& network);

}  // namespace yolofleet::graph
