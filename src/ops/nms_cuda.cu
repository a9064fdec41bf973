#include "cuda/check.hpp"
#include "ops/candidate_key.cuh"
#include "ops/nms.hpp"
#include "ops/nms_cuda.hpp"
#include "ops/overlap.cuh"

namespace yolofleet::ops {
namespace {

constexpr int kThreads = 1024;
constexpr int kWarp = 32;
constexpr unsigned kAllLanes = 0xFFFFFFFFU;

/// Pictures with up to this number of candidates are processed in shared memory.
constexpr int kMostShared = 4096;
/// A warp suppresses in a class with up to this number of candidates, the block in a larger one.
constexpr int kMostForWarp = 1024;

/// A picture's candidates in the shared memory of its block: 45,056 bytes. With Progress that is
/// less than the 48 KiB that every GPU allows.
struct SharedList {
  std::uint64_t keys[kMostShared];
  std::uint16_t slots[kMostShared];
  bool dropped[kMostShared];
};

/// A picture's candidates in global memory, if they are more than the shared memory holds.
struct GlobalList {
  std::uint64_t* keys;
  std::uint16_t* slots;
  bool* dropped;
};

/// Shared by the threads of a block.
struct Progress {
  int next;  ///< candidate at which the search for the next class continues
  int kept;
  int large_classes;
  int large[kMostCandidates / kMostForWarp];  ///< where the classes that the block takes begin
};

__device__ int power_of_two_from(int count) {
  int size = 1;
  while (size < count) {
    size *= 2;
  }
  return size;
}

template <typename List>
__device__ void swap_if(List& list, int low, int high, bool rising) {
  const std::uint64_t a = list.keys[low];
  const std::uint64_t b = list.keys[high];
  if ((a > b) == rising) {
    list.keys[low] = b;
    list.keys[high] = a;
    const std::uint16_t slot = list.slots[low];
    list.slots[low] = list.slots[high];
    list.slots[high] = slot;
  }
}

/// Bitonic sort of the first `size` keys (a power of two) with their slots. The whole block runs
/// it.
template <typename List>
__device__ void sort(List& list, int size) {
  const int thread = static_cast<int>(threadIdx.x);
  for (int run = 2; run <= size; run *= 2) {
    for (int gap = run / 2; gap > 0; gap /= 2) {
      __syncthreads();
      for (int pair = thread; pair < size / 2; pair += kThreads) {
        const int low = 2 * pair - (pair & (gap - 1));
        swap_if(list, low, low + gap, (low & run) == 0);
      }
    }
  }
  __syncthreads();
}

/// Drops candidates of [first, end) that overlap `strongest`: every `step`-th one.
template <typename List>
__device__ void drop_overlapping(List& list, const float4* boxes, const float4& strongest,
                                 int first, int end, int step, float threshold, float beta) {
  for (int j = first; j < end; j += step) {
    if (!list.dropped[j] && overlap(strongest, boxes[j], beta) > threshold) {
      list.dropped[j] = true;
    }
  }
}

/// Suppresses within one class: the candidates [begin, end), in the order of falling confidence.
/// One warp runs it.
template <typename List>
__device__ void suppress(List& list, const float4* boxes, int begin, int end, float threshold,
                         float beta) {
  const int lane = static_cast<int>(threadIdx.x) % kWarp;
  for (int i = begin; i < end; ++i) {
    if (!list.dropped[i]) {
      const float4 strongest = boxes[i];
      drop_overlapping(list, boxes, strongest, i + 1 + lane, end, kWarp, threshold, beta);
    }
    __syncwarp();
  }
}

/// As `suppress`, for a class that begins at `begin`. The whole block runs it.
template <typename List>
__device__ void suppress_together(List& list, const float4* boxes, int begin, int count,
                                  float threshold, float beta) {
  const int thread = static_cast<int>(threadIdx.x);
  const int class_id = class_of(list.keys[begin]);
  int end = begin + 1;
  for (int most = count; end < most;) {  // the first of another class, by halving
    const int middle = (end + most) / 2;
    if (class_of(list.keys[middle]) == class_id) {
      end = middle + 1;
    } else {
      most = middle;
    }
  }
  for (int i = begin; i < end; ++i) {
    __syncthreads();
    while (i < end && list.dropped[i]) {  // no thread writes before all have come to the same `i`
      ++i;
    }
    if (i < end) {
      const float4 strongest = boxes[i];
      drop_overlapping(list, boxes, strongest, i + 1 + thread, end, kThreads, threshold, beta);
    }
  }
  __syncthreads();
}

/// Suppresses within every class but the large ones, which it notes; each warp takes the next class
/// until none is left.
template <typename List>
__device__ void suppress_small_classes(List& list, Progress& progress, const float4* boxes,
                                       int count, float threshold, float beta) {
  const int lane = static_cast<int>(threadIdx.x) % kWarp;
  for (;;) {
    int begin = 0;
    int end = 0;
    if (lane == 0) {
      do {  // find the first candidate of a class
        begin = atomicAdd(&progress.next, 1);
      } while (begin < count && begin > 0 &&
               class_of(list.keys[begin]) == class_of(list.keys[begin - 1]));
      for (end = begin; end < count && end - begin <= kMostForWarp &&
                        class_of(list.keys[end]) == class_of(list.keys[begin]);
           ++end) {
      }
      if (end - begin > kMostForWarp) {
        progress.large[atomicAdd(&progress.large_classes, 1)] = begin;
        end = begin;
      }
    }
    begin = __shfl_sync(kAllLanes, begin, 0);
    end = __shfl_sync(kAllLanes, end, 0);
    if (begin >= count) {
      return;
    }
    suppress(list, boxes, begin, end, threshold, beta);
  }
}

template <typename List>
__device__ void suppress_classes(List& list, Progress& progress, const float4* boxes, int count,
                                 float threshold, float beta) {
  suppress_small_classes(list, progress, boxes, count, threshold, beta);
  __syncthreads();
  for (int i = 0; i < progress.large_classes; ++i) {
    suppress_together(list, boxes, progress.large[i], count, threshold, beta);
  }
}

/// Moves the kept candidates to the front, as ranks over all classes, and returns their number. The
/// box of a candidate in slot i is `boxes[i]`.
template <typename List>
__device__ int pack_kept(List& list, Progress& progress, int count) {
  // No place is written before its candidate is read: at most as many are kept as were read.
  for (int first = 0; first < count; first += kThreads) {
    const int i = first + static_cast<int>(threadIdx.x);
    const std::uint64_t mine = i < count && !list.dropped[i] ? rank_of(list.keys[i]) : kNoCandidate;
    __syncthreads();
    if (mine != kNoCandidate) {
      const int at = atomicAdd(&progress.kept, 1);
      list.keys[at] = mine;
      list.slots[at] = static_cast<std::uint16_t>(i);
    }
  }
  __syncthreads();
  const int kept = progress.kept;
  for (int i = kept + static_cast<int>(threadIdx.x); i < power_of_two_from(kept); i += kThreads) {
    list.keys[i] = kNoCandidate;
  }
  return kept;
}

template <typename List>
__device__ void write_detections(const List& list, int written, const float4* boxes,
                                 const PictureMapping& mapping, std::size_t base,
                                 const DeviceDetections& out) {
  for (int i = static_cast<int>(threadIdx.x); i < written; i += kThreads) {
    const std::uint64_t key = key_of_rank(list.keys[i]);
    const float4 relative = boxes[list.slots[i]];
    out.boxes[base + i] = {(relative.x - relative.z / 2) * mapping.width,
                           (relative.y - relative.w / 2) * mapping.height,
                           relative.z * mapping.width, relative.w * mapping.height};
    out.scores[base + i] = confidence_of(key);
    out.classes[base + i] = class_of(key);
  }
}

/// The options of a launch.
struct Rule {
  float beta;
  int max_detections;
};

/// From the candidates of the block's picture to its detections.
template <typename List>
__device__ void detect(List& list, Progress& progress, const Candidates& candidates,
                       const Thresholds& thresholds, const PictureMapping& mapping,
                       const Rule& rule, const DeviceDetections& out) {
  const int picture = static_cast<int>(blockIdx.x);
  const int thread = static_cast<int>(threadIdx.x);
  const std::size_t base = static_cast<std::size_t>(picture) * kMostCandidates;
  const int found = candidates.counts[picture];
  const int count = min(found, kMostCandidates);
  const int size = power_of_two_from(count);
  for (int i = thread; i < size; i += kThreads) {
    list.keys[i] = i < count ? candidates.keys[base + i] : kNoCandidate;
    list.slots[i] = static_cast<std::uint16_t>(i);
    list.dropped[i] = false;
  }
  if (thread == 0) {
    progress.next = progress.kept = progress.large_classes = 0;
  }
  sort(list, size);
  float4* sorted = candidates.sorted + base;
  for (int i = thread; i < count; i += kThreads) {
    sorted[i] = candidates.boxes[base + list.slots[i]];
  }
  __syncthreads();
  if (thresholds.nms <= 1) {
    suppress_classes(list, progress, sorted, count, thresholds.nms, rule.beta);
    __syncthreads();
  }
  const int kept = pack_kept(list, progress, count);
  sort(list, power_of_two_from(kept));
  const int written = min(kept, rule.max_detections);
  if (thread == 0) {
    out.numbers[picture] = written;
    out.kept[picture] = kept;
    out.candidates[picture] = found;
  }
  write_detections(list, written, sorted, mapping,
                   static_cast<std::size_t>(picture) * rule.max_detections, out);
}

/// Grid: one block for each picture.
__global__ void __launch_bounds__(kThreads)
    nms(Candidates candidates, const Thresholds* thresholds, const PictureMapping* mappings,
        Rule rule, DeviceDetections out) {
  __shared__ SharedList shared;
  __shared__ Progress progress;
  const PictureMapping& mapping = mappings[blockIdx.x];
  if (candidates.counts[blockIdx.x] <= kMostShared) {
    detect(shared, progress, candidates, *thresholds, mapping, rule, out);
    return;
  }
  const std::size_t base = static_cast<std::size_t>(blockIdx.x) * kMostCandidates;
  GlobalList global{candidates.keys + base, candidates.slots + base, candidates.dropped + base};
  detect(global, progress, candidates, *thresholds, mapping, rule, out);
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
      candidates, batch.thresholds, batch.mappings,
      {beta_of(settings.rule), settings.max_detections}, detections);
  cuda::check_launch();
}

}  // namespace yolofleet::ops
