#pragma once

#include <cuda_runtime_api.h>

#include "graph/operations.hpp"
#include "ops/yolo_boxes_cuda.hpp"

/// From candidates to detections on the device. The CPU version (nms.hpp) states the formulas;
/// tests compare this one with it.
namespace yolofleet::ops {

/// The settings of non-maximum suppression, from the model and the options; fixed in an engine.
struct NmsSettings {
  graph::NmsRule rule;
  int max_detections = 0;  ///< for each picture, and the room of the output; 1 to kMostCandidates
};

/// NmsSettings::max_detections for an Options::max_detections, which may be 0 (all) or too large:
/// no more than kMostCandidates can come out.
constexpr int room_for_detections(int max_detections) noexcept {
  return max_detections > 0 && max_detections < kMostCandidates ? max_detections : kMostCandidates;
}

/// The output arrays, in device memory. Entries past a picture's number of detections are
/// unspecified.
struct DeviceDetections {
  int* numbers = nullptr;     ///< batch: number of detections, at most `max_detections`
  int* kept = nullptr;        ///< batch: number before `max_detections` cut the weakest
  int* candidates = nullptr;  ///< batch: number of candidates before suppression, also those that
                              ///< were left out because there were more than kMostCandidates
  float4* boxes = nullptr;    ///< batch x max_detections: left, top, width, height, pixels
  float* scores = nullptr;    ///< batch x max_detections, falling
  int* classes = nullptr;     ///< batch x max_detections
};

/// Suppresses within each class by `settings.rule` and writes the detections by falling confidence,
/// then box number, then class. The order of `candidates` doesn't change a bit of the result. With
/// a threshold over 1 nothing is suppressed. Overwrites `candidates`. Returns when the kernel is on
/// `stream`. Throws cuda::CudaError.
void enqueue_nms(const Candidates& candidates, const DetectionBatch& batch,
                 const NmsSettings& settings, const DeviceDetections& detections,
                 cudaStream_t stream);

}  // namespace yolofleet::ops
