#pragma once

#include <cstddef>
#include <string>

#include "backend/tensorrt/lane/slot_memory.hpp"
#include "yolofleet/error.hpp"

namespace yolofleet::backend::tensorrt {

/// The memory that the slots of a lane need, in addition to its engine.
struct MemoryNeed {
  SlotOptions slot;
  std::size_t slots = 1;
  std::size_t activation_bytes = 0;  ///< Plan::activation_bytes

  /// Bytes of device memory.
  std::size_t bytes() const noexcept;
  /// Bytes of page-locked host memory.
  std::size_t host_bytes() const noexcept;
  /// The largest of max_batch / 2, / 4, ... with which the slots fit into `free` bytes of device
  /// memory; 0 if not even one picture does. An estimate: it assumes that the activations scale
  /// with the batch.
  int batch_that_fits(std::size_t free) const noexcept;
};

/// Makes a kTooLarge error that names the memory needed and free, and the batch that would fit.
/// `device` begins the message.
Error no_memory(const std::string& device, const MemoryNeed& need, std::size_t free);

/// Makes a kTooLarge error for an allocation that failed with `error` although enough memory seemed
/// to be free.
Error allocation_failed(const Error& error, const MemoryNeed& need, std::size_t free);

}  // namespace yolofleet::backend::tensorrt
