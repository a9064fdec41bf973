#pragma once

#include <memory>

#include "backend/lane.hpp"
#include "backend/tensorrt/lane/slot.hpp"

namespace yolofleet::backend::tensorrt {

struct CudaLaneOptions {
  SlotOptions slot;
  std::size_t slots = 0;  ///< the number of slots, at least 1
  bool keep_pixels = false;
};

/// Opens a lane on the plan's device. One thread fills slots and enqueues batches; another sleeps
/// until a batch is done and hands out its results. The lane takes only pixels. Once the device has
/// failed, every picture gets that error.
/// Errors: kDevice, kTooLarge (no memory for the slots: with the bytes needed and free, and the
/// batch that would fit). Throws cuda::CudaError if the device doesn't answer.
Result<std::unique_ptr<Lane>> make_cuda_lane(std::unique_ptr<Plan> plan, LaneInfo info,
                                             const CudaLaneOptions& options,
                                             OnFinished on_finished);

}  // namespace yolofleet::backend::tensorrt
