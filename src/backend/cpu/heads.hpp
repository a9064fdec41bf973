#pragma once

#include <memory>

#include "backend/head_run.hpp"
#include "graph/network.hpp"
#include "ops/resize.hpp"
#include "yolofleet/options.hpp"

namespace yolofleet::backend::cpu {

/// Loads the module and makes the network ready to run, one picture at a time on `threads` threads
/// (0: base::available_cpus()). Keeps nothing of `network`. Errors: as open_cpu_lane.
Result<std::unique_ptr<HeadRun>> open_cpu_heads(const graph::Network& network, ops::Fit fit,
                                                Precision precision, int threads);

}  // namespace yolofleet::backend::cpu
