#pragma once

#include <memory>
#include <string>
#include <vector>

#include "backend/lane.hpp"
#include "backend/tensorrt/opening.hpp"

namespace yolofleet::backend::tensorrt {

/// Implements Device::open_lane. With Options::batch 0, batches are halved until the device's
/// memory suffices. `warnings` gets each problem with the cache and each smaller batch. Errors: as
/// Opening::plan, and kTooLarge (no memory on the device: with the bytes needed and free).
Result<std::unique_ptr<Lane>> open_cuda_lane(const Opening& opening, const OnFinished& on_finished,
                                             std::vector<std::string>& warnings);

}  // namespace yolofleet::backend::tensorrt
