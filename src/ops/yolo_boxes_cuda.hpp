#pragma once

#include <cuda_fp16.h>
#include <cuda_runtime_api.h>

#include <cstddef>
#include <cstdint>

#include "graph/operations.hpp"
#include "graph/shape.hpp"
#include "ops/head_formulas.hpp"
#include "ops/thresholds.hpp"

/// From raw heads to candidates on the device. nms_cuda.hpp makes detections of them. The CPU
/// version (yolo_boxes.hpp) states the formulas; tests compare this one with it.
namespace yolofleet::ops {

/// Limits of the candidates' keys (candidate_key.cuh). A network over one of them is refused when
/// its engine is built.
inline constexpr int kMostClasses = 1 << 14;
inline constexpr int kMostBoxes = 1 << 19;
inline constexpr int kMostAnchors = 16;
inline constexpr int kMostHeads = 8;
/// The room for candidates of a picture: non-maximum suppression uses the strongest ones up to this
/// number. A power of two, at most 2^16.
inline constexpr int kMostCandidates = 16384;

// NOLINTBEGIN(modernize-avoid-c-arrays): std::array's members are not for device code.

/// One head: batch x (anchors * numbers_per_anchor) x rows x columns, before any sigmoid.
struct DeviceHead {
  const void* data = nullptr;  ///< device memory, float or half
  HeadForm form;
  int rows = 0;
  int columns = 0;
  int anchors = 0;
  int first_box = 0;  ///< number of boxes in all heads before this one
  bool half = false;
  float whole_width = 1.0F;  ///< the lengths that anchors are relative to: see Place
  float whole_height = 1.0F;
  float anchor_sizes[kMostAnchors][2] = {};  ///< width and height

  YOLOFLEET_HOST_DEVICE int cells() const { return rows * columns; }
  YOLOFLEET_HOST_DEVICE int boxes() const { return anchors * cells(); }
};

struct DeviceHeads {
  DeviceHead heads[kMostHeads];
  int count = 0;
  int boxes = 0;  ///< of all heads together

  /// Adds a head; `shape` is the shape of the head's input, `input` that of the network's, `data`
  /// is DeviceHead::data. Preconditions: at most kMostHeads, each with at most kMostAnchors.
  void add(const graph::Head& head, graph::Shape shape, graph::Shape input, const void* data,
           bool half);
};

// NOLINTEND(modernize-avoid-c-arrays)

/// Maps one picture's boxes from the network's input to the picture. In device memory.
struct PictureMapping {
  float gain_x, gain_y;      ///< relative to the picture = (relative to the input - offset) * gain
  float offset_x, offset_y;  ///< relative to the input
  float width, height;       ///< the picture's, in pixels
};

/// The batch, as both kernels see it.
struct DetectionBatch {
  int size = 0;                              ///< number of pictures
  const Thresholds* thresholds = nullptr;    ///< one for the whole batch
  const PictureMapping* mappings = nullptr;  ///< one for each picture
};

/// Memory for the candidates of a batch, all on the device. `enqueue_yolo_boxes` overwrites it.
struct Candidates {
  int* counts = nullptr;          ///< batch: candidates found; may be over kMostCandidates
  std::uint64_t* keys = nullptr;  ///< batch x kMostCandidates
  float4* boxes = nullptr;        ///< batch x kMostCandidates: centre x, y, width, height, relative
  // Scratch memory of enqueue_nms, each batch x kMostCandidates.
  float4* sorted = nullptr;
  std::uint16_t* slots = nullptr;
  bool* dropped = nullptr;
};

/// The bytes of memory that the candidates of a batch need.
std::size_t candidates_bytes(int batch) noexcept;
/// Lays the arrays out in `memory`, which is aligned to 256 bytes and has candidates_bytes(batch).
Candidates candidates_in(void* memory, int batch) noexcept;

/// Writes the candidates of `heads` that are over the confidence threshold to `candidates`. Where a
/// picture has more than kMostCandidates, it keeps the strongest, by confidence, then box number,
/// then class. Returns when the kernels are on `stream`. Throws cuda::CudaError.
void enqueue_yolo_boxes(const DeviceHeads& heads, const DetectionBatch& batch,
                        const Candidates& candidates, cudaStream_t stream);

}  // namespace yolofleet::ops
