#include "cuda/check.hpp"
#include "ops/candidate_key.cuh"
#include "ops/detections_cuda.hpp"

namespace yolofleet::ops {
namespace {

constexpr int kThreads = 1024;
constexpr int kWarp = 32;
constexpr unsigned kAllLanes = 0xFFFFFFFFU;
constexpr float kGreedyBeta = 0.6F;  // Darknet's box_diou has it fixed
constexpr float kPlain = -1.0F;      // no beta: IoU alone

/// What a block shares; 45,064 bytes, under the 48 KiB that every card gives without asking.
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

/// Bitonic sort of the first `size` keys (a power of two) with their slots, by the whole block.
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

__device__ float overlap_1d(float centre_a, float size_a, float centre_b, float size_b) {
  const float left = fmaxf(centre_a - size_a / 2, centre_b - size_b / 2);
  const float right = fminf(centre_a + size_a / 2, centre_b + size_b / 2);
  return right - left;
}

__device__ float span_1d(float centre_a, float size_a, float centre_b, float size_b) {
  const float left = fminf(centre_a - size_a / 2, centre_b - size_b / 2);
  const float right = fmaxf(centre_a + size_a / 2, centre_b + size_b / 2);
  return right - left;
}

/// Darknet's box_iou, or unless `beta` is kPlain its box_diou and box_diounms: IoU - (d^2 /
/// c^2)^beta.
__device__ float overlap(const float4& a, const float4& b, float beta) {
  const float w = overlap_1d(a.x, a.z, b.x, b.z);
  const float h = overlap_1d(a.y, a.w, b.y, b.w);
  const float shared = w < 0 || h < 0 ? 0 : w * h;
  const float both = a.z * a.w + b.z * b.w - shared;
  const float iou = shared == 0 || both == 0 ? 0 : shared / both;
  if (beta < 0) {
    return iou;
  }
  const float c_x = span_1d(a.x, a.z, b.x, b.z);
  const float c_y = span_1d(a.y, a.w, b.y, b.w);
  const float diagonal = c_x * c_x + c_y * c_y;
  if (diagonal == 0) {
    return iou;
  }
  const float d_x = a.x - b.x;
  const float d_y = a.y - b.y;
  return iou - powf((d_x * d_x + d_y * d_y) / diagonal, beta);
}

/// Suppression within one class, candidates [begin, end) in falling order, by one warp.
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

/// Each warp takes the next class until there is none.
__device__ void suppress_classes(Shared& shared, const float4* boxes, int count, float threshold,
                                 float beta) {
  const int lane = static_cast<int>(threadIdx.x) % kWarp;
  for (;;) {
    int begin = 0;
    int end = 0;
    if (lane == 0) {
      do {  // the first of a class
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

/// The kept candidates, packed to the front as ranks over all classes; returns their number. The
/// boxes of slot i are at `boxes[i]`.
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

/// A block a picture.
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
      return kGreedyBeta;
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
