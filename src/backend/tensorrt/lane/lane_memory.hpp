#pragma once

#include <cstddef>
#include <string>

#include "backend/tensorrt/lane/slot_memory.hpp"
#include "yolofleet/error.hpp"

namespace yolofleet::backend::tensorrt {

/// Device memory that the slots of a lane would take, beside its engine.
struct MemoryNeed {
  SlotOptions slot;
  std::size_t slots = 1;
  std::size_t activation_bytes = 0;  ///< of a context, by its plan

  std::size_t bytes() const noexcept;
  /// Page-locked memory of the host.
  std::size_t host_bytes() const noexcept;
  /// Half of the batch, a quarter, ... : the first that fits into `free` bytes, by scaling the
  /// activations; 0 if not even one picture would.
  int batch_that_fits(std::size_t free) const noexcept;
};

/// kTooLarge: how many bytes are needed and free, and which batch would fit. `device`: what the
/// message begins with.
Error no_memory(const std::string& device, const MemoryNeed& need, std::size_t free);

/// kTooLarge: there seemed to be enough, but an allocation failed as `error` says.
Error allocation_failed(const Error& error, const MemoryNeed& need, std::size_t free);

}  // namespace yolofleet::backend::tensorrt
