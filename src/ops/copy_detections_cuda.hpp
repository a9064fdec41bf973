#pragma once

#include <cuda_runtime_api.h>

#include "ops/nms_cuda.hpp"

namespace yolofleet::ops {

/// Copies the detections of a batch: all numbers, and the boxes, scores and classes of the
/// detections that there are. The other entries of `to` stay as they are. So the time depends on
/// the number of detections, which isn't known when a graph is captured.
///
/// `from` and `to` have room for `batch` x `max_detections` entries; `numbers` must be at most
/// `max_detections`. `to` is device memory, or page-locked host memory, to which the device writes
/// directly. Returns when the kernel is on `stream`; throws cuda::CudaError if it could not be
/// launched.
void enqueue_copy_detections(const DeviceDetections& from, const DeviceDetections& to, int batch,
                             int max_detections, cudaStream_t stream);

}  // namespace yolofleet::ops
