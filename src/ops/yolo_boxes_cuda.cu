#include <cstddef>

#include "cuda/check.hpp"
#include "ops/candidate_key.cuh"
#include "ops/detections_cuda.hpp"

namespace yolofleet::ops {
namespace {

constexpr int kThreads = 256;
constexpr int kWarp = 32;
constexpr int kSelectThreads = 1024;
constexpr int kDigitBits = 8;
constexpr int kDigits = 1 << kDigitBits;

__device__ float logistic(float x) {
  return 1.0F / (1.0F + expf(-x));
}

/// One picture's values of a head.
struct HeadValues {
  const DeviceHead& head;
  int picture;

  /// Entry (0..3: x, y, w, h; 4: objectness; 5..: classes) of box `anchor * cells + cell`, as it is
  /// after Darknet's forward_yolo_layer: through a sigmoid unless new_coords.
  __device__ float raw(int box, int entry) const {
    const int cells = head.rows * head.columns;
    const int anchor = box / cells;
    const std::size_t plane =
        (static_cast<std::size_t>(picture) * head.anchors + anchor) * (5 + head.classes) + entry;
    const std::size_t at = plane * cells + (box - anchor * cells);
    return head.half ? __half2float(static_cast<const __half*>(head.data)[at])
                     : static_cast<const float*>(head.data)[at];
  }
  __device__ float probability(int box, int entry) const {
    const float value = raw(box, entry);
    return head.new_coords ? value : logistic(value);
  }
};

/// Centre and size relative to the picture: Darknet's get_yolo_box, then correct_yolo_boxes.
__device__ float4 box_of(const HeadValues& values, int box, const PictureMapping& mapping) {
  const DeviceHead& head = values.head;
  const int cells = head.rows * head.columns;
  const int anchor = box / cells;
  const int cell = box - anchor * cells;
  const int row = cell / head.columns;
  const int column = cell - row * head.columns;
  const float shift = 0.5F * (head.scale_x_y - 1.0F);
  const float x = values.probability(box, 0) * head.scale_x_y - shift;
  const float y = values.probability(box, 1) * head.scale_x_y - shift;
  const float raw_w = values.raw(box, 2);
  const float raw_h = values.raw(box, 3);
  const float w = head.new_coords ? raw_w * raw_w * 4.0F : expf(raw_w);
  const float h = head.new_coords ? raw_h * raw_h * 4.0F : expf(raw_h);
  const float centre_x = (static_cast<float>(column) + x) / static_cast<float>(head.columns);
  const float centre_y = (static_cast<float>(row) + y) / static_cast<float>(head.rows);
  return {(centre_x - mapping.offset_x) * mapping.gain_x,
          (centre_y - mapping.offset_y) * mapping.gain_y,
          w * head.anchor_sizes[anchor][0] * mapping.gain_x,
          h * head.anchor_sizes[anchor][1] * mapping.gain_y};
}

/// Calls `found(key, box number within the head)` for every candidate of one box, a lane a class.
template <typename Found>
__device__ void for_each_class(const HeadValues& values, int box, float threshold, Found&& found) {
  const float objectness = values.probability(box, 4);
  for (int c = static_cast<int>(threadIdx.x) % kWarp; c < values.head.classes; c += kWarp) {
    const float confidence = objectness * values.probability(box, 5 + c);
    if (confidence > threshold) {
      found(candidate_key(c, confidence, values.head.first_box + box));
    }
  }
}

/// A thread looks at a box's objectness; those over the threshold, which are few, are then taken by
/// whole warps, a lane a class. Grid: blocks of boxes x pictures.
__global__ void collect_candidates(const __grid_constant__ DeviceHead head,
                                   const Thresholds* thresholds, const PictureMapping* mappings,
                                   Candidates candidates) {
  __shared__ int listed[kThreads];
  __shared__ int count;
  if (threadIdx.x == 0) {
    count = 0;
  }
  __syncthreads();
  const int picture = static_cast<int>(blockIdx.y);
  const HeadValues values{head, picture};
  const float threshold = thresholds->confidence;
  const int box = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  if (box < head.anchors * head.rows * head.columns && values.probability(box, 4) > threshold) {
    listed[atomicAdd(&count, 1)] = box;
  }
  __syncthreads();
  const std::size_t base = static_cast<std::size_t>(picture) * kMostCandidates;
  for (int i = static_cast<int>(threadIdx.x) / kWarp; i < count; i += kThreads / kWarp) {
    for_each_class(values, listed[i], threshold, [&](std::uint64_t key) {
      const int slot = atomicAdd(&candidates.counts[picture], 1);
      if (slot < kMostCandidates) {
        candidates.keys[base + slot] = key;
        candidates.boxes[base + slot] = box_of(values, listed[i], mappings[picture]);
      }
    });
  }
}

/// Calls `found(values, box, key)` for every candidate of a picture, by all warps of one block.
template <typename Found>
__device__ void for_each_candidate(const DeviceHeads& heads, int picture, float threshold,
                                   Found&& found) {
  for (int h = 0; h < heads.count; ++h) {
    const HeadValues values{heads.heads[h], picture};
    const int boxes = values.head.anchors * values.head.rows * values.head.columns;
    for (int box = static_cast<int>(threadIdx.x) / kWarp; box < boxes;
         box += kSelectThreads / kWarp) {
      if (values.probability(box, 4) > threshold) {
        for_each_class(values, box, threshold, [&](std::uint64_t key) { found(values, box, key); });
      }
    }
  }
}

/// The digit in which the `wanted`-th smallest lies; takes the candidates before it off `wanted`.
__device__ int find_digit(const unsigned* histogram, unsigned& wanted) {
  int digit = 0;
  while (digit < kDigits - 1 && histogram[digit] < wanted) {
    wanted -= histogram[digit];
    ++digit;
  }
  return digit;
}

/// Only for a picture with more candidates than room: finds, digit by digit, the rank of the last
/// one that fits (a radix selection), and collects those up to it anew. A block a picture.
__global__ void __launch_bounds__(kSelectThreads)
    select_best(const __grid_constant__ DeviceHeads heads, const Thresholds* thresholds,
                const PictureMapping* mappings, Candidates candidates) {
  const int picture = static_cast<int>(blockIdx.x);
  if (candidates.counts[picture] <= kMostCandidates) {
    return;
  }
  __shared__ unsigned histogram[kDigits];
  __shared__ std::uint64_t prefix;
  __shared__ unsigned wanted;
  __shared__ int slots;
  if (threadIdx.x == 0) {
    prefix = 0;
    wanted = kMostCandidates;
    slots = 0;
  }
  const float threshold = thresholds->confidence;
  for (int shift = 64 - kDigitBits; shift >= 0; shift -= kDigitBits) {
    if (threadIdx.x < kDigits) {
      histogram[threadIdx.x] = 0;
    }
    __syncthreads();
    for_each_candidate(heads, picture, threshold, [&](const HeadValues&, int, std::uint64_t key) {
      const std::uint64_t rank = rank_of(key);
      const bool in_prefix = shift + kDigitBits == 64 || (rank >> (shift + kDigitBits)) == prefix;
      if (in_prefix) {
        atomicAdd(&histogram[(rank >> shift) & (kDigits - 1)], 1U);
      }
    });
    __syncthreads();
    if (threadIdx.x == 0) {
      const int digit = find_digit(histogram, wanted);
      prefix = (prefix << kDigitBits) | static_cast<unsigned>(digit);
    }
    __syncthreads();
  }
  const std::size_t base = static_cast<std::size_t>(picture) * kMostCandidates;
  for_each_candidate(heads, picture, threshold,
                     [&](const HeadValues& values, int box, std::uint64_t key) {
                       if (rank_of(key) <= prefix) {
                         const int slot = atomicAdd(&slots, 1);
                         candidates.keys[base + slot] = key;
                         candidates.boxes[base + slot] = box_of(values, box, mappings[picture]);
                       }
                     });
}

}  // namespace

std::size_t candidates_bytes(int batch) noexcept {
  const auto pictures = static_cast<std::size_t>(batch);
  const std::size_t counts = (pictures * sizeof(int) + 255) / 256 * 256;
  return counts + pictures * kMostCandidates * (sizeof(std::uint64_t) + 2 * sizeof(float4));
}

Candidates candidates_in(void* memory, int batch) noexcept {
  const auto pictures = static_cast<std::size_t>(batch);
  auto* at = static_cast<std::byte*>(memory);
  Candidates candidates;
  candidates.counts = reinterpret_cast<int*>(at);
  at += (pictures * sizeof(int) + 255) / 256 * 256;
  candidates.boxes = reinterpret_cast<float4*>(at);
  candidates.sorted = candidates.boxes + pictures * kMostCandidates;
  candidates.keys =
      reinterpret_cast<std::uint64_t*>(candidates.sorted + pictures * kMostCandidates);
  return candidates;
}

void enqueue_yolo_boxes(const DeviceHeads& heads, const DetectionBatch& batch,
                        const Candidates& candidates, cudaStream_t stream) {
  cuda::check(cudaMemsetAsync(candidates.counts, 0,
                              static_cast<std::size_t>(batch.size) * sizeof(int), stream));
  for (int h = 0; h < heads.count; ++h) {
    const DeviceHead& head = heads.heads[h];
    const int boxes = head.anchors * head.rows * head.columns;
    const dim3 grid{static_cast<unsigned>((boxes + kThreads - 1) / kThreads),
                    static_cast<unsigned>(batch.size)};
    collect_candidates<<<grid, kThreads, 0, stream>>>(head, batch.thresholds, batch.mappings,
                                                      candidates);
    cuda::check_launch();
  }
  select_best<<<static_cast<unsigned>(batch.size), kSelectThreads, 0, stream>>>(
      heads, batch.thresholds, batch.mappings, candidates);
  cuda::check_launch();
}

}  // namespace yolofleet::ops
