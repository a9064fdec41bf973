#include "cuda/check.hpp"
#include "ops/copy_detections_cuda.hpp"

namespace yolofleet::ops {
namespace {

constexpr int kThreads = 256;

template <typename T>
__device__ void copy(const T* from, T* to, int count) {
  for (int i = static_cast<int>(threadIdx.x); i < count; i += kThreads) {
    to[i] = from[i];
  }
}

/// Grid: one block for each picture. The first one also copies the numbers of all, so that they
/// cross the bus together.
__global__ void __launch_bounds__(kThreads)
    copy_detections(DeviceDetections from, DeviceDetections to, int batch, int max_detections) {
  if (blockIdx.x == 0) {
    copy(from.numbers, to.numbers, batch);
    copy(from.kept, to.kept, batch);
    copy(from.candidates, to.candidates, batch);
  }
  const int number = from.numbers[blockIdx.x];
  const std::size_t base = static_cast<std::size_t>(blockIdx.x) * max_detections;
  copy(from.boxes + base, to.boxes + base, number);
  copy(from.scores + base, to.scores + base, number);
  copy(from.classes + base, to.classes + base, number);
}

}  // namespace

void enqueue_copy_detections(const DeviceDetections& from, const DeviceDetections& to, int batch,
                             int max_detections, cudaStream_t stream) {
  copy_detections<<<static_cast<unsigned>(batch), kThreads, 0, stream>>>(from, to, batch,
                                                                         max_detections);
  cuda::check_launch();
}

}  // namespace yolofleet::ops
