#pragma once

#include <vector>

#include "graph/operations.hpp"

namespace yolofleet::graph {

/// The factors of a shortcut's inputs: row 0 for the previous layer, row 1 + i for
/// `from[i]`, each of 1 value or one a channel. Normalised as Darknet's shortcut_multilayer_cpu
/// does it (src/blas.c), with its epsilon of 0.0001. Empty without weights.
std::vector<float> normalized_weights(const Shortcut& shortcut);

}  // namespace yolofleet::graph
