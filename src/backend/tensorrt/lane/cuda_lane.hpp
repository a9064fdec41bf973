#pragma once

#include <memory>

#include "backend/lane.hpp"
#include "backend/tensorrt/lane/slot.hpp"

namespace yolofleet::backend::tensorrt {

struct CudaLaneOptions {
  SlotOptions slot;
  /// At least 1. With five, three batches are computed, the pixels of a fourth are on the device,
  /// and those of a fifth are being copied.
  std::size_t slots = 5;
  bool keep_pixels = false;
};

/// Opens a lane on the plan's device: one thread fills slots and enqueues batches, another sleeps
/// until they are done and hands the results out. It doesn't decode files. Once the device has
/// failed, every picture gets that error.
/// Errors: kDevice, kTooLarge (no memory for the slots: with the bytes needed and free, and the
/// batch that would fit). Throws cuda::CudaError if the device doesn't answer.
Result<std::unique_ptr<Lane>> make_cuda_lane(std::unique_ptr<Plan> plan, LaneInfo info,
                                             const CudaLaneOptions& options,
                                             OnFinished on_finished);

}  // namespace yolofleet::backend::tensorrt
