#pragma once

#include <cuda_runtime_api.h>

#include <utility>

#include "cuda/device_guard.hpp"

namespace yolofleet::cuda {

/// Owns a CUDA handle and knows its device. The destructor makes that device current, whichever is
/// current for the caller. Move-only; a moved-from owner is empty.
template <typename Handle, cudaError_t (*destroy)(Handle)>
class Owner {
 public:
  Owner() = default;
  Owner(int device, Handle handle) noexcept : device_(device), handle_(handle) {}
  Owner(Owner&& other) noexcept
      : device_(other.device_), handle_(std::exchange(other.handle_, nullptr)) {}
  Owner& operator=(Owner&& other) noexcept {
    std::swap(device_, other.device_);
    std::swap(handle_, other.handle_);
    return *this;
  }
  Owner(const Owner&) = delete;
  Owner& operator=(const Owner&) = delete;
  ~Owner() {
    if (handle_ != nullptr) {
      clean_up_with_device(device_, [&] { static_cast<void>(destroy(handle_)); });
    }
  }

  Handle get() const noexcept { return handle_; }
  int device() const noexcept { return device_; }
  explicit operator bool() const noexcept { return handle_ != nullptr; }

 private:
  int device_ = 0;
  Handle handle_ = nullptr;
};

using Stream = Owner<cudaStream_t, cudaStreamDestroy>;
using Event = Owner<cudaEvent_t, cudaEventDestroy>;
using Graph = Owner<cudaGraph_t, cudaGraphDestroy>;
using GraphExec = Owner<cudaGraphExec_t, cudaGraphExecDestroy>;

/// A stream that doesn't synchronise with the legacy default stream.
Stream make_stream(int device);

/// An event without a time stamp; a thread that waits for it sleeps instead of spinning.
Event make_blocking_event(int device);

/// An event with a time stamp, for measuring times.
Event make_timing_event(int device);

/// Captures the work that `enqueue` puts on `stream` as an executable graph, without running it.
/// Throws CudaError; also then the capture of the stream is ended.
template <typename Enqueue>
GraphExec capture(const Stream& stream, Enqueue&& enqueue) {
  const DeviceGuard guard{stream.device()};
  check(cudaStreamBeginCapture(stream.get(), cudaStreamCaptureModeThreadLocal));
  cudaGraph_t raw = nullptr;
  try {
    std::forward<Enqueue>(enqueue)(stream.get());
  } catch (...) {
    static_cast<void>(cudaStreamEndCapture(stream.get(), &raw));
    const Graph discarded{stream.device(), raw};
    throw;
  }
  check(cudaStreamEndCapture(stream.get(), &raw));
  const Graph graph{stream.device(), raw};
  cudaGraphExec_t executable = nullptr;
  check(cudaGraphInstantiate(&executable, graph.get(), 0));
  return {stream.device(), executable};
}

}  // namespace yolofleet::cuda
