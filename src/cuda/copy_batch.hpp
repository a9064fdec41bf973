#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>
#include <vector>

namespace yolofleet::cuda {

/// Copies that go to the device in one call, without the gaps that lie between single ones.
class CopyBatch {
 public:
  /// Room for as many; more would allocate.
  explicit CopyBatch(std::size_t most);

  /// From page-locked memory to a device. Both must stay until the copy is done.
  void add(void* to, const void* from, std::size_t bytes);
  bool empty() const noexcept { return sizes_.empty(); }
  /// Puts them on `stream` and forgets them. They are done before what follows on it, in any order
  /// among themselves. Throws CudaError. Precondition: the stream's device is current.
  void enqueue(cudaStream_t stream);
  void clear() noexcept;

 private:
  std::vector<void*> targets_;
  std::vector<const void*> sources_;
  std::vector<std::size_t> sizes_;
};

}  // namespace yolofleet::cuda
