#include "backend/tensorrt/lane/lane_memory.hpp"

#include <fmt/format.h>

namespace yolofleet::backend::tensorrt {
namespace {

constexpr std::size_t kMiB = std::size_t{1} << 20U;

std::size_t mebibytes(std::size_t bytes) {
  return (bytes + kMiB - 1) / kMiB;
}

}  // namespace

std::size_t MemoryNeed::bytes() const noexcept {
  return slots * SlotMemory::device_bytes(slot, activation_bytes);
}

std::size_t MemoryNeed::host_bytes() const noexcept {
  return slots * SlotMemory::host_bytes(slot);
}

int MemoryNeed::batch_that_fits(std::size_t free) const noexcept {
  MemoryNeed smaller = *this;
  for (int batch = slot.max_batch / 2; batch > 0; batch /= 2) {
    const auto scaled = [&](std::size_t whole) {
      return whole / static_cast<std::size_t>(slot.max_batch) * static_cast<std::size_t>(batch);
    };
    smaller.slot.max_batch = batch;
    smaller.slot.pixel_bytes = scaled(slot.pixel_bytes);
    smaller.activation_bytes = scaled(activation_bytes);
    if (smaller.bytes() <= free) {
      return batch;
    }
  }
  return 0;
}

Error no_memory(const std::string& device, const MemoryNeed& need, std::size_t free) {
  const int smaller = need.batch_that_fits(free);
  const std::string advice = smaller > 0 ? fmt::format("batches of up to {} would fit", smaller)
                                         : "not even batches of 1 would fit";
  return {ErrorCode::kTooLarge,
          fmt::format("{}: batches of up to {} need {} MiB of device memory in addition to the "
                      "engine's, but {} MiB are free; {}",
                      device, need.slot.max_batch, mebibytes(need.bytes()), free / kMiB, advice)};
}

Error allocation_failed(const Error& error, const MemoryNeed& need, std::size_t free) {
  return {ErrorCode::kTooLarge,
          fmt::format("{}: batches of up to {} need {} MiB of device memory, of which {} MiB were "
                      "free, and {} MiB of page-locked memory of the host",
                      error.message, need.slot.max_batch, mebibytes(need.bytes()), free / kMiB,
                      mebibytes(need.host_bytes()))};
}

}  // namespace yolofleet::backend::tensorrt
