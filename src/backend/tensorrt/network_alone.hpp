#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "backend/tensorrt/engine/plan.hpp"
#include "backend/tensorrt/lane/slot_memory.hpp"
#include "cuda/handles.hpp"
#include "cuda/memory.hpp"

namespace yolofleet::backend::tensorrt {

/// Measures an engine without the lane around it: runs it as CUDA graphs on several streams, with
/// constant inputs on the device. For one thread at a time.
class NetworkAlone {
 public:
  /// `setting`: the input's shape and type, the thresholds, and as max_batch the batch size of all
  /// runs, which the engine must accept; the other members are ignored. Errors: kTooLarge, kDevice.
  /// Throws cuda::CudaError.
  static Result<std::unique_ptr<NetworkAlone>> make(Plan& plan, const SlotOptions& setting,
                                                    int streams);
  NetworkAlone(const NetworkAlone&) = delete;
  NetworkAlone& operator=(const NetworkAlone&) = delete;
  ~NetworkAlone() = default;

  /// Runs for this many seconds; returns pictures per second. Throws cuda::CudaError.
  double run(double seconds);

  /// Batches of all calls of `run`.
  std::uint64_t batches() const noexcept { return batches_; }

 private:
  struct Copy {
    cuda::Stream stream;
    cuda::Event done;
    cuda::DeviceBuffer activations;
    std::vector<cuda::DeviceBuffer> tensors;
    cuda::GraphExec graph;
  };

  NetworkAlone(int device, int batch) : device_(device), batch_(batch) {}
  Result<void> add_stream(Plan& plan, const SlotOptions& setting);

  const int device_;
  const int batch_;
  std::uint64_t batches_ = 0;
  std::vector<Copy> copies_;
  std::vector<Context> contexts_;
};

}  // namespace yolofleet::backend::tensorrt
