#include "backend/decoder_memory.hpp"

namespace yolofleet::backend {

DecoderMemory::DecoderMemory(std::size_t bytes, std::size_t alignment)
    : ranges_(bytes, alignment), bytes_(ranges_.free()) {}

std::optional<std::size_t> DecoderMemory::take(std::size_t bytes) {
  const std::lock_guard lock{mutex_};
  const auto offset = ranges_.take(bytes);
  if (!offset) {
    came_back_ = false;
  }
  return offset;
}

void DecoderMemory::give_back(std::size_t offset, std::size_t bytes) {
  {
    const std::lock_guard lock{mutex_};
    ranges_.give_back(offset, bytes);
    came_back_ = true;
  }
  changed_.notify_all();
}

void DecoderMemory::wait() {
  std::unique_lock lock{mutex_};
  changed_.wait(lock, [&] { return stopped_ || (came_back_ && ranges_.free() >= bytes_ / 2); });
}

void DecoderMemory::stop() noexcept {
  {
    const std::lock_guard lock{mutex_};
    stopped_ = true;
  }
  changed_.notify_all();
}

}  // namespace yolofleet::backend
