#pragma once

#include <string>

#include "graph/network.hpp"

namespace yolofleet::graph {

/// 32 hexadecimal digits over everything of a network that what it computes depends on: input,
/// layers, parameters and weights; not over names, lines or files. Equal networks have equal ones.
std::string fingerprint(const Network& network);

}  // namespace yolofleet::graph
