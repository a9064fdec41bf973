#include "cuda/handles.hpp"

namespace yolofleet::cuda {
namespace {

Event make_event(int device, unsigned flags) {
  const DeviceGuard guard{device};
  cudaEvent_t event = nullptr;
  check(cudaEventCreateWithFlags(&event, flags));
  return {device, event};
}

}  // namespace

Stream make_stream(int device) {
  const DeviceGuard guard{device};
  cudaStream_t stream = nullptr;
  check(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking));
  return {device, stream};
}

Event make_blocking_event(int device) {
  return make_event(device, cudaEventBlockingSync | cudaEventDisableTiming);
}

Event make_timing_event(int device) {
  return make_event(device, cudaEventDefault);
}

}  // namespace yolofleet::cuda
