#pragma once

#include <cuda_fp16.h>
#include <cuda_runtime_api.h>

#include <cstddef>
#include <cstdint>

#include "graph/operations.hpp"
#include "graph/shape.hpp"
#include "ops/head_formulas.hpp"
#include "ops/thresholds.hpp"

/// From raw heads to detections on the device, in two steps that share the buffer of candidates:
/// `enqueue_yolo_boxes` and `enqueue_nms`. The CPU versions (yolo_boxes.hpp, nms.hpp) state the
/// formulas and judge these.
namespace yolofleet::ops {

/// What the keys of candidates have bits for; a network beyond it is refused when its plan is made.
inline constexpr int kMostClasses = 1 << 14;
inline constexpr int kMostBoxes = 1 << 19;
inline constexpr int kMostAnchors = 16;
inline constexpr int kMostHeads = 8;
/// Candidates of a picture that suppression looks at; the best ones, if there are more.
inline constexpr int kMostCandidates = 4096;

// NOLINTBEGIN(modernize-avoid-c-arrays): std::array's members are not for device code.

/// One head: batch x (anchors * numbers_per_anchor) x rows x columns, before any sigmoid.
struct DeviceHead {
  const void* data = nullptr;  ///< device memory, float or half
  HeadForm form;
  int rows = 0;
  int columns = 0;
  int anchors = 0;
  int first_box = 0;  ///< boxes of all heads before this one
  bool half = false;
  float whole_width = 1.0F;  ///< what anchors are relative to: see Place
  float whole_height = 1.0F;
  float anchor_sizes[kMostAnchors][2] = {};  ///< width and height

  YOLOFLEET_HOST_DEVICE int cells() const { return rows * columns; }
  YOLOFLEET_HOST_DEVICE int boxes() const { return anchors * cells(); }
};

struct DeviceHeads {
  DeviceHead heads[kMostHeads];
  int count = 0;
  int boxes = 0;  ///< of all heads together

  /// At most kMostHeads, each with at most kMostAnchors: `shape` is that of its input, `input` of
  /// the network's; `data` as DeviceHead's.
  void add(const graph::Head& head, graph::Shape shape, graph::Shape input, const void* data,
           bool half);
};

// NOLINTEND(modernize-avoid-c-arrays)

/// Per picture, in device memory: from the network's input to the picture.
struct PictureMapping {
  float gain_x, gain_y;      ///< relative to the picture = (relative to the input - offset) * gain
  float offset_x, offset_y;  ///< relative to the input
  float width, height;       ///< of the picture, pixels
};

/// A batch on its way.
struct DetectionBatch {
  int size = 0;                              ///< pictures
  const Thresholds* thresholds = nullptr;    ///< one for all; a captured graph reads them anew
  const PictureMapping* mappings = nullptr;  ///< one a picture
};

/// How suppression is done.
struct NmsSettings {
  graph::NmsRule rule;
  int max_detections = 300;  ///< at most kMostCandidates
};

/// Room for the candidates of a batch; all device memory. Contents don't outlive a call.
struct Candidates {
  int* counts = nullptr;          ///< batch: found, which may be more than kept
  std::uint64_t* keys = nullptr;  ///< batch x kMostCandidates
  float4* boxes = nullptr;        ///< batch x kMostCandidates: centre x, y, width, height, relative
  float4* sorted = nullptr;       ///< batch x kMostCandidates
};

/// Bytes that `Candidates` needs for a batch, and the same memory (aligned to 256) cut into it.
std::size_t candidates_bytes(int batch) noexcept;
Candidates candidates_in(void* memory, int batch) noexcept;

/// What comes out; device memory. Entries past a picture's number of detections are zero.
struct DeviceDetections {
  int* numbers = nullptr;     ///< batch: detections, at most `max_detections`
  int* candidates = nullptr;  ///< batch: found before suppression; over kMostCandidates, only the
                              ///< best kMostCandidates of them were looked at
  float4* boxes = nullptr;    ///< batch x max_detections: left, top, width, height, pixels
  float* scores = nullptr;    ///< batch x max_detections, falling
  int* classes = nullptr;     ///< batch x max_detections
};

/// Puts what yolo_boxes finds over the threshold among the candidates; of more than kMostCandidates
/// the best, by confidence, then box number, then class. Returns when the kernels are on `stream`.
/// Throws cuda::CudaError.
void enqueue_yolo_boxes(const DeviceHeads& heads, const DetectionBatch& batch,
                        const Candidates& candidates, cudaStream_t stream);

/// Suppresses per class as `rule` says and writes the detections by falling confidence (then box
/// number, then class). The same bits for the same candidates, whatever their order.
void enqueue_nms(const Candidates& candidates, const DetectionBatch& batch,
                 const NmsSettings& settings, const DeviceDetections& detections,
                 cudaStream_t stream);

}  // namespace yolofleet::ops
