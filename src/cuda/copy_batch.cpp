#include "cuda/copy_batch.hpp"

#include "cuda/check.hpp"

namespace yolofleet::cuda {

CopyBatch::CopyBatch(std::size_t most) {
  targets_.reserve(most);
  sources_.reserve(most);
  sizes_.reserve(most);
}

void CopyBatch::add(void* to, const void* from, std::size_t bytes) {
  targets_.push_back(to);
  sources_.push_back(from);
  sizes_.push_back(bytes);
}

void CopyBatch::enqueue(cudaStream_t stream) {
  if (empty()) {
    return;
  }
  cudaMemcpyAttributes attributes{};
  attributes.srcAccessOrder = cudaMemcpySrcAccessOrderStream;
  std::size_t first = 0;  // from this copy on the attributes hold
  check(cudaMemcpyBatchAsync(targets_.data(), sources_.data(), sizes_.data(), sizes_.size(),
                             &attributes, &first, 1, stream));
  clear();
}

void CopyBatch::clear() noexcept {
  targets_.clear();
  sources_.clear();
  sizes_.clear();
}

}  // namespace yolofleet::cuda
