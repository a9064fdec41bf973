#pragma once

#include <memory>
#include <vector>

#include "backend/tensorrt/engine/plan.hpp"
#include "backend/tensorrt/lane/slot_memory.hpp"
#include "cuda/handles.hpp"
#include "cuda/memory.hpp"

namespace yolofleet::backend::tensorrt {

/// An engine's own run as graphs on several streams, over inputs that lie on the device and never
/// change. For measuring; one thread at a time.
class NetworkAlone {
 public:
  /// `setting`: the input's shape and type, the thresholds, and in max_batch the batch, which the
  /// engine must take. Errors: kTooLarge, kDevice. Throws cuda::CudaError.
  static Result<std::unique_ptr<NetworkAlone>> make(Plan& plan, const SlotOptions& setting,
                                                    int streams);
  NetworkAlone(const NetworkAlone&) = delete;
  NetworkAlone& operator=(const NetworkAlone&) = delete;
  ~NetworkAlone() = default;

  /// Runs for so long; gives pictures a second. Throws cuda::CudaError.
  double run(double seconds);

  /// Milliseconds from one launch to its end, median of so many. Throws cuda::CudaError.
  double latency(int runs);

  /// That `run` has run.
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
