#include "backend/tensorrt/lane/pinned_memory.hpp"

#include <fmt/format.h>

#include <mutex>

#include "base/range_allocator.hpp"
#include "cuda/device_guard.hpp"
#include "cuda/memory.hpp"

namespace yolofleet::backend::tensorrt {
namespace {

constexpr std::size_t kAlignment = 256;

class PinnedMemory final : public PixelMemory {
 public:
  PinnedMemory(int device, std::size_t bytes)
      : buffer_(device, bytes), ranges_(bytes, kAlignment) {}

  std::uint8_t* take(std::size_t bytes) noexcept override {
    try {
      const std::lock_guard lock{mutex_};
      const auto offset = ranges_.take(bytes);
      return offset ? buffer_.as<std::uint8_t>() + *offset : nullptr;
    } catch (const std::bad_alloc&) {  // for the book-keeping
      return nullptr;
    }
  }

  void give_back(std::uint8_t* memory, std::size_t bytes) noexcept override {
    const std::lock_guard lock{mutex_};
    ranges_.give_back(static_cast<std::size_t>(memory - buffer_.as<std::uint8_t>()), bytes);
  }

 private:
  cuda::PinnedBuffer buffer_;
  std::mutex mutex_;
  base::RangeAllocator ranges_;
};

}  // namespace

Result<std::shared_ptr<PixelMemory>> make_pinned_memory(int device, std::size_t bytes) {
  try {
    return cuda::with_device(device, [&] { return std::make_shared<PinnedMemory>(device, bytes); });
  } catch (const cuda::CudaError& error) {
    return tl::unexpected(
        cuda::error_of(error, fmt::format("{} MiB of page-locked memory", bytes >> 20U)));
  }
}

}  // namespace yolofleet::backend::tensorrt
