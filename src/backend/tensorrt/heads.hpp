#pragma once

#include <memory>

#include "backend/head_run.hpp"
#include "backend/tensorrt/opening.hpp"

namespace yolofleet::backend::tensorrt {

/// The work of Device::open_heads: an engine for one picture at a time that ends at the heads'
/// inputs. The CPU resizes the pictures. Precondition: the opening is for raw heads. Errors: as
/// Opening::plan.
Result<std::unique_ptr<HeadRun>> open_cuda_heads(const Opening& opening);

}  // namespace yolofleet::backend::tensorrt
