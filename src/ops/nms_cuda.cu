#include "cuda/check.hpp"
#include "ops/candidate_key.cuh"
#include "ops/nms.hpp"
#include "ops/nms_cuda.hpp"

namespace yolofleet::ops {
namespace {

constexpr int kThreads = 1024;
constexpr int kWarp = 32;
constexpr unsigned kAllLanes = 0xFFFFFFFFU;
constexpr float kPlain = -1.0F;  // instead of an exponent: plain IoU

/// The shared memory of a block: 45,064 bytes, less than the 48 KiB that every GPU allows.
struct Shared {
  std::uint64_t keys[kMostCandidates];
  std::uint16_t slots[kMostCandidates];
  bool dropped[kMostCandidates];
  int next;
  int kept;
};

__device__ int power_of_two_from(int count) {
  int size = 1;
  while (size < count) {
    size *= 2;
  }
  return size;
}

__device__ void swap_if(Shared& shared, int low, int high, bool rising) {
  const std::uint64_t a = shared.keys[low];
  const std::uint64_t b = shared.keys[high];
  if ((a > b) == rising) {
    shared.keys[low] = b;
    shared.keys[high] = a;
    const std::uint16_t slot = shared.slots[low];
    shared.slots[low] = shared.slots[high];
    shared.slots[high] = slot;
  }
}

/// Bitonic sort of the first `size` keys (a power of two) with their slots. The whole block runs
/// it.
__device__ void sort(Shared& shared, int size) {
  const int thread = static_cast<int>(threadIdx.x);
  for (int run = 2; run <= size; run *= 2) {
    for (int gap = run / 2; gap > 0; gap /= 2) {
      __syncthreads();
      for (int pair = thread; pair < size / 2; pair += kThreads) {
        const int low = 2 * pair - (pair & (gap - 1));
        swap_if(shared, low, low + gap, (low & run) == 0);
      }
    }
  }
  __syncthreads();
}

// These compute what the functions of the same names in nms_cpu.cpp compute.

__device__ float common_length(float centre_a, float length_a, float centre_b, float length_b) {
  const float begin = fmaxf(centre_a - length_a / 2, centre_b - length_b / 2);
  const float end = fminf(centre_a + length_a / 2, centre_b + length_b / 2);
  return end - begin;
}

__device__ float covering_length(float centre_a, float length_a, float centre_b, float length_b) {
  const float begin = fminf(centre_a - length_a / 2, centre_b - length_b / 2);
  const float end = fmaxf(centre_a + length_a / 2, centre_b + length_b / 2);
  return end - begin;
}

/// Boxes are centre x, y, width, height.
__device__ float iou(const float4& a, const float4& b) {
  const float width = common_length(a.x, a.z, b.x, b.z);
  const float height = common_length(a.y, a.w, b.y, b.w);
  const float intersection = width < 0 || height < 0 ? 0 : width * height;
  const float union_area = a.z * a.w + b.z * b.w - intersection;
  return intersection == 0 || union_area == 0 ? 0 : intersection / union_area;
}

/// IoU where `beta` is kPlain, else IoU - (d^2 / c^2)^beta: `overlap` in nms.hpp.
__device__ float overlap(const float4& a, const float4& b, float beta) {
  const float plain = iou(a, b);
  if (beta < 0) {
    return plain;
  }
  const float width = covering_length(a.x, a.z, b.x, b.z);
  const float height = covering_length(a.y, a.w, b.y, b.w);
  const float diagonal = width * width + height * height;
  if (diagonal == 0) {
    return plain;
  }
  const float across = a.x - b.x;
  const float down = a.y - b.y;
  return plain - powf((across * across + down * down) / diagonal, beta);
}

/// Suppresses within one class: the candidates [begin, end), in the order of falling confidence.
/// One warp runs it.
__device__ void suppress(Shared& shared, const float4* boxes, int begin, int end, float threshold,
                         float beta) {
  const int lane = static_cast<int>(threadIdx.x) % kWarp;
  for (int i = begin; i < end; ++i) {
    if (!shared.dropped[i]) {
      const float4 strongest = boxes[i];
      for (int j = i + 1 + lane; j < end; j += kWarp) {
        if (!shared.dropped[j] && overlap(strongest, boxes[j], beta) > threshold) {
          shared.dropped[j] = true;
        }
      }
    }
    __syncwarp();
  }
}

/// Suppresses within every class; each warp takes the next class until none is left.
__device__ void suppress_classes(Shared& shared, const float4* boxes, int count, float threshold,
                                 float beta) {
  const int lane = static_cast<int>(threadIdx.x) % kWarp;
  for (;;) {
    int begin = 0;
    int end = 0;
    if (lane == 0) {
      do {  // find the first candidate of a class
        begin = atomicAdd(&shared.next, 1);
      } while (begin < count && begin > 0 &&
               class_of(shared.keys[begin]) == class_of(shared.keys[begin - 1]));
      for (end = begin; end < count && class_of(shared.keys[end]) == class_of(shared.keys[begin]);
           ++end) {
      }
    }
    begin = __shfl_sync(kAllLanes, begin, 0);
    end = __shfl_sync(kAllLanes, end, 0);
    if (begin >= count) {
      return;
    }
    suppress(shared, boxes, begin, end, threshold, beta);
  }
}

/// Moves the kept candidates to the front, as ranks over all classes, and returns their number. The
/// box of a candidate in slot i is `boxes[i]`.
__device__ int pack_kept(Shared& shared, int count) {
  constexpr int kEach = kMostCandidates / kThreads;
  std::uint64_t mine[kEach];
  std::uint16_t from[kEach];
  int kept = 0;
#pragma unroll
  for (int n = 0; n < kEach; ++n) {
    const int i = static_cast<int>(threadIdx.x) + n * kThreads;
    mine[n] = i < count && !shared.dropped[i] ? rank_of(shared.keys[i]) : kNoCandidate;
    from[n] = static_cast<std::uint16_t>(i);
  }
  __syncthreads();
#pragma unroll
  for (int n = 0; n < kEach; ++n) {
    if (mine[n] != kNoCandidate) {
      const int at = atomicAdd(&shared.kept, 1);
      shared.keys[at] = mine[n];
      shared.slots[at] = from[n];
    }
  }
  __syncthreads();
  kept = shared.kept;
  for (int i = kept + static_cast<int>(threadIdx.x); i < power_of_two_from(kept); i += kThreads) {
    shared.keys[i] = kNoCandidate;
  }
  return kept;
}

__device__ void write_detections(const Shared& shared, int kept, const float4* boxes,
                                 const PictureMapping& mapping, int max_detections,
                                 const DeviceDetections& out) {
  const std::size_t base = static_cast<std::size_t>(blockIdx.x) * max_detections;
  for (int i = static_cast<int>(threadIdx.x); i < max_detections; i += kThreads) {
    float4 box{};
    float score = 0;
    int class_id = 0;
    if (i < kept) {
      const std::uint64_t key = key_of_rank(shared.keys[i]);
      const float4 relative = boxes[shared.slots[i]];
      box = {(relative.x - relative.z / 2) * mapping.width,
             (relative.y - relative.w / 2) * mapping.height, relative.z * mapping.width,
             relative.w * mapping.height};
      score = confidence_of(key);
      class_id = class_of(key);
    }
    out.boxes[base + i] = box;
    out.scores[base + i] = score;
    out.classes[base + i] = class_id;
  }
}

/// Grid: one block for each picture.
__global__ void __launch_bounds__(kThreads)
    nms(Candidates candidates, const Thresholds* thresholds, const PictureMapping* mappings,
        float beta, int max_detections, DeviceDetections out) {
  __shared__ Shared shared;
  const int picture = static_cast<int>(blockIdx.x);
  const int thread = static_cast<int>(threadIdx.x);
  const std::size_t base = static_cast<std::size_t>(picture) * kMostCandidates;
  const int found = candidates.counts[picture];
  const int count = min(found, kMostCandidates);
  const int size = power_of_two_from(count);
  for (int i = thread; i < size; i += kThreads) {
    shared.keys[i] = i < count ? candidates.keys[base + i] : kNoCandidate;
    shared.slots[i] = static_cast<std::uint16_t>(i);
    shared.dropped[i] = false;
  }
  if (thread == 0) {
    shared.next = 0;
    shared.kept = 0;
  }
  sort(shared, size);
  float4* sorted = candidates.sorted + base;
  for (int i = thread; i < count; i += kThreads) {
    sorted[i] = candidates.boxes[base + shared.slots[i]];
  }
  __syncthreads();
  suppress_classes(shared, sorted, count, thresholds->nms, beta);
  __syncthreads();
  const int kept = pack_kept(shared, count);
  sort(shared, power_of_two_from(kept));
  const int written = min(kept, max_detections);
  if (thread == 0) {
    out.numbers[picture] = written;
    out.candidates[picture] = found;
  }
  write_detections(shared, written, sorted, mappings[picture], max_detections, out);
}

float beta_of(const graph::NmsRule& rule) {
  switch (rule.kind) {
    case graph::NmsKind::kDefault:
      return kPlain;
    case graph::NmsKind::kGreedy:
      return kGreedyExponent;
    case graph::NmsKind::kDiou:
      return rule.beta;
  }
  return kPlain;
}

}  // namespace

void enqueue_nms(const Candidates& candidates, const DetectionBatch& batch,
                 const NmsSettings& settings, const DeviceDetections& detections,
                 cudaStream_t stream) {
  nms<<<static_cast<unsigned>(batch.size), kThreads, 0, stream>>>(
      candidates, batch.thresholds, batch.mappings, beta_of(settings.rule), settings.max_detections,
      detections);
  cuda::check_launch();
}

}  // namespace yolofleet::ops
