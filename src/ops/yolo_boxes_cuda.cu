#include <cmath>
#include <cstddef>

#include "cuda/check.hpp"
#include "ops/candidate_key.cuh"
#include "ops/yolo_boxes_cuda.hpp"

namespace yolofleet::ops {
namespace {

constexpr int kThreads = 256;
constexpr int kWarp = 32;
constexpr unsigned kAllLanes = 0xFFFFFFFFU;
constexpr int kSelectThreads = 1024;
constexpr int kDigitBits = 8;
constexpr int kDigits = 1 << kDigitBits;

/// The numbers of one anchor in one cell of one picture.
struct Numbers {
  const DeviceHead& head;
  std::size_t first;

  __device__ float operator()(int number) const {
    const std::size_t at = first + static_cast<std::size_t>(number) * head.cells();
    return head.half ? __half2float(static_cast<const __half*>(head.data)[at])
                     : static_cast<const float*>(head.data)[at];
  }
};

/// The numbers of box `anchor * cells + cell`.
__device__ Numbers numbers_of(const DeviceHead& head, int picture, int box) {
  const int cells = head.cells();
  const int anchor = box / cells;
  const std::size_t plane = (static_cast<std::size_t>(picture) * head.anchors + anchor) *
                            class_number(head.form, head.form.classes);
  return {head, plane * cells + (box - anchor * cells)};
}

__device__ Place<float> place_of(const DeviceHead& head, int box) {
  const int cells = head.cells();
  const int anchor = box / cells;
  const int cell = box - anchor * cells;
  Place<float> place;
  place.row = cell / head.columns;
  place.column = cell - place.row * head.columns;
  place.rows = head.rows;
  place.columns = head.columns;
  place.anchor_width = head.anchor_sizes[anchor][0];
  place.anchor_height = head.anchor_sizes[anchor][1];
  place.whole_width = head.whole_width;
  place.whole_height = head.whole_height;
  return place;
}

/// Centre and size relative to the picture: Darknet's correct_yolo_boxes.
__device__ float4 in_picture(const RelativeBox& box, const PictureMapping& mapping) {
  return {(box.center_x - mapping.offset_x) * mapping.gain_x,
          (box.center_y - mapping.offset_y) * mapping.gain_y, box.width * mapping.gain_x,
          box.height * mapping.gain_y};
}

/// A whole warp runs it; every lane gets the result. The order of the sum is the same as on the
/// CPU.
__device__ Softmax softmax_of(const HeadForm& form, const Numbers& number) {
  const int lane = static_cast<int>(threadIdx.x) % kWarp;
  Softmax softmax{-INFINITY, 0.0F};
  for (int c = lane; c < form.classes; c += kWarp) {
    softmax.largest = fmaxf(softmax.largest, number(class_number(form, c)));
  }
  for (int gap = kWarp / 2; gap > 0; gap /= 2) {
    softmax.largest = fmaxf(softmax.largest, __shfl_xor_sync(kAllLanes, softmax.largest, gap));
  }
  for (int first = 0; first < form.classes; first += kWarp) {
    const int c = first + lane;
    const float part =
        c < form.classes ? softmax_part<float>(number(class_number(form, c)), softmax.largest) : 0;
    for (int from = 0; from < kWarp; ++from) {
      softmax.sum += __shfl_sync(kAllLanes, part, from);
    }
  }
  return softmax;
}

/// Calls `found(key, box)` for every candidate of one box. A whole warp runs it, one lane for each
/// class.
template <typename Found>
__device__ void for_each_class(const DeviceHead& head, int picture, int box, float threshold,
                               Found&& found) {
  const HeadForm& form = head.form;
  const Numbers number = numbers_of(head, picture, box);
  const RelativeBox where = box_of(form, place_of(head, box), number);
  if (!finite(where)) {
    return;
  }
  const float sure = certainty(form, number);
  const Softmax softmax = has_softmax(form) ? softmax_of(form, number) : Softmax{};
  for (int c = static_cast<int>(threadIdx.x) % kWarp; c < form.classes; c += kWarp) {
    const float raw = number(class_number(form, c));
    const float confidence = sure * class_probability<float>(form, raw, softmax);
    if (confidence > threshold) {
      found(candidate_key(c, confidence, head.first_box + box), where);
    }
  }
}

__device__ bool is_looked_at(const DeviceHead& head, int picture, int box, float threshold) {
  return passes(head.form, numbers_of(head, picture, box)(objectness_number(head.form)), threshold);
}

/// Each thread checks the objectness of one box. Whole warps then process the few boxes over the
/// threshold, one lane for each class. Grid: blocks of boxes x pictures.
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
  const float threshold = thresholds->confidence;
  const int box = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  if (box < head.boxes() && is_looked_at(head, picture, box, threshold)) {
    listed[atomicAdd(&count, 1)] = box;
  }
  __syncthreads();
  const std::size_t base = static_cast<std::size_t>(picture) * kMostCandidates;
  for (int i = static_cast<int>(threadIdx.x) / kWarp; i < count; i += kThreads / kWarp) {
    for_each_class(head, picture, listed[i], threshold,
                   [&](std::uint64_t key, const RelativeBox& where) {
                     const int slot = atomicAdd(&candidates.counts[picture], 1);
                     if (slot < kMostCandidates) {
                       candidates.keys[base + slot] = key;
                       candidates.boxes[base + slot] = in_picture(where, mappings[picture]);
                     }
                   });
  }
}

/// Calls `found(key, box)` for every candidate of a picture. All warps of one block run it.
template <typename Found>
__device__ void for_each_candidate(const DeviceHeads& heads, int picture, float threshold,
                                   Found&& found) {
  for (int h = 0; h < heads.count; ++h) {
    const DeviceHead& head = heads.heads[h];
    for (int box = static_cast<int>(threadIdx.x) / kWarp; box < head.boxes();
         box += kSelectThreads / kWarp) {
      if (is_looked_at(head, picture, box, threshold)) {
        for_each_class(head, picture, box, threshold, found);
      }
    }
  }
}

/// The digit of the `wanted`-th smallest candidate; subtracts the candidates of smaller digits from
/// `wanted`.
__device__ int find_digit(const unsigned* histogram, unsigned& wanted) {
  int digit = 0;
  while (digit < kDigits - 1 && histogram[digit] < wanted) {
    wanted -= histogram[digit];
    ++digit;
  }
  return digit;
}

/// Only for a picture with more candidates than room: finds, digit by digit, the rank of the last
/// candidate that fits (a radix selection), and collects the candidates up to this rank anew. One
/// block for each picture.
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
    for_each_candidate(heads, picture, threshold, [&](std::uint64_t key, const RelativeBox&) {
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
  for_each_candidate(heads, picture, threshold, [&](std::uint64_t key, const RelativeBox& where) {
    if (rank_of(key) <= prefix) {
      const int slot = atomicAdd(&slots, 1);
      candidates.keys[base + slot] = key;
      candidates.boxes[base + slot] = in_picture(where, mappings[picture]);
    }
  });
}

}  // namespace

std::size_t candidates_bytes(int batch) noexcept {
  const auto pictures = static_cast<std::size_t>(batch);
  const std::size_t counts = (pictures * sizeof(int) + 255) / 256 * 256;
  constexpr std::size_t kEach =
      sizeof(std::uint64_t) + 2 * sizeof(float4) + sizeof(std::uint16_t) + sizeof(bool);
  return counts + pictures * kMostCandidates * kEach;
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
  candidates.slots = reinterpret_cast<std::uint16_t*>(candidates.keys + pictures * kMostCandidates);
  candidates.dropped = reinterpret_cast<bool*>(candidates.slots + pictures * kMostCandidates);
  return candidates;
}

void DeviceHeads::add(const graph::Head& head, graph::Shape shape, graph::Shape input,
                      const void* data, bool half) {
  DeviceHead& added = heads[count++];
  added.data = data;
  added.form = form_of(head);
  added.rows = shape.height;
  added.columns = shape.width;
  added.anchors = static_cast<int>(head.anchors.size());
  added.first_box = boxes;
  added.half = half;
  const graph::Shape& whole = head.kind == graph::HeadKind::kRegion ? shape : input;
  added.whole_width = static_cast<float>(whole.width);
  added.whole_height = static_cast<float>(whole.height);
  for (std::size_t i = 0; i < head.anchors.size(); ++i) {
    added.anchor_sizes[i][0] = head.anchors[i][0];
    added.anchor_sizes[i][1] = head.anchors[i][1];
  }
  boxes += added.boxes();
}

void enqueue_yolo_boxes(const DeviceHeads& heads, const DetectionBatch& batch,
                        const Candidates& candidates, cudaStream_t stream) {
  cuda::check(cudaMemsetAsync(candidates.counts, 0,
                              static_cast<std::size_t>(batch.size) * sizeof(int), stream));
  for (int h = 0; h < heads.count; ++h) {
    const DeviceHead& head = heads.heads[h];
    const dim3 grid{static_cast<unsigned>((head.boxes() + kThreads - 1) / kThreads),
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
