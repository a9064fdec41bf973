#pragma once

#include <cuda_runtime_api.h>

#include <functional>
#include <utility>

namespace yolofleet::backend::tensorrt {

/// While one lives, each DetectionsPlugin that its thread enqueues calls `mark` with the stream,
/// before its own work: where boxes begin within an engine's run. TensorRT gives a plugin nothing
/// of its caller's, so this goes by the thread. One at a time in a thread.
class BoxesMark {
 public:
  explicit BoxesMark(std::function<void(cudaStream_t)> mark) { current() = std::move(mark); }
  BoxesMark(const BoxesMark&) = delete;
  BoxesMark& operator=(const BoxesMark&) = delete;
  ~BoxesMark() { current() = nullptr; }

  /// For the plugin. Throws what `mark` throws.
  static void pass(cudaStream_t stream) {
    if (const auto& mark = current()) {
      mark(stream);
    }
  }

 private:
  static std::function<void(cudaStream_t)>& current() {
    thread_local std::function<void(cudaStream_t)> mark;
    return mark;
  }
};

}  // namespace yolofleet::backend::tensorrt
