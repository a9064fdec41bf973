#pragma once

#include <cuda_runtime_api.h>

#include <functional>
#include <utility>

namespace yolofleet::backend::tensorrt {

/// Reports where boxes begin within an engine's run: during its lifetime, each DetectionsPlugin
/// that its thread enqueues calls `mark` with the stream, before its own work. Uses a thread-local
/// variable, since TensorRT passes no data of the caller to a plugin. At most one per thread exists
/// at a time.
class BoxesMark {
 public:
  explicit BoxesMark(std::function<void(cudaStream_t)> mark) { current() = std::move(mark); }
  BoxesMark(const BoxesMark&) = delete;
  BoxesMark& operator=(const BoxesMark&) = delete;
  ~BoxesMark() { current() = nullptr; }

  /// Called by the plugin. Throws what `mark` throws.
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
