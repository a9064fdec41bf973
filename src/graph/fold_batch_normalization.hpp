#pragma once

#include "graph/network.hpp"
#include "yolofleet/error.hpp"

namespace yolofleet::graph {

/// Darknet's, inside the root (src/blas.c, normalize_cpu).
inline constexpr double kBatchNormalizationEpsilon = 1e-5;

/// Replaces scale * (x - mean) / sqrt(variance + epsilon) + bias, behind a convolution without
/// bias, by the convolution's own kernel and bias; frees scale, mean and variance. Computed in
/// double. Convolutions without batch normalisation, or folded before, stay as they are.
/// Errors: kMalformed, naming layer, line and filter, where a folded number is beyond float.
Result<void> fold_batch_normalization(Network& network);

}  // namespace yolofleet::graph
