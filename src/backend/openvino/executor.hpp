#pragma once

#include <memory>
#include <openvino/runtime/core.hpp>

#include "backend/cpu/executor.hpp"

namespace yolofleet::backend::openvino {

/// Builds the network and compiles it with OpenVINO's CPU plugin. Errors: build_model's. May throw
/// OpenVINO's exceptions.
Result<std::unique_ptr<cpu::Executor>> compile(ov::Core& core, const graph::Network& network,
                                               const cpu::ExecutorOptions& options);

}  // namespace yolofleet::backend::openvino
