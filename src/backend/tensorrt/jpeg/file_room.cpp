#include "backend/tensorrt/jpeg/file_room.hpp"

#include <algorithm>

namespace yolofleet::backend::tensorrt {

FileRoom::FileRoom(int device, std::size_t bytes) noexcept {
  try {
    memory_ = cuda::PinnedBuffer(device, bytes);
  } catch (const cuda::CudaError&) {
    static_cast<void>(cudaGetLastError());
  }
}

std::span<const std::byte> FileRoom::copy(std::span<const std::byte> file) noexcept {
  constexpr std::size_t kAlignment = 256;
  const std::size_t begin = (used_ + kAlignment - 1) / kAlignment * kAlignment;
  if (begin + file.size() > memory_.bytes()) {
    return file;
  }
  std::byte* const to = memory_.as<std::byte>() + begin;
  std::copy(file.begin(), file.end(), to);
  used_ = begin + file.size();
  return {to, file.size()};
}

}  // namespace yolofleet::backend::tensorrt
