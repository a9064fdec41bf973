#pragma once

#include <utility>

#include "yolofleet/error.hpp"

namespace yolofleet::python {

/// Raises the exception of yolofleet.errors that belongs to the error's code, with its message and
/// warnings. The caller holds the GIL.
[[noreturn]] void raise(const Error& error);

/// The value, or the error as an exception. The caller holds the GIL.
template <typename T>
T value(Result<T> result) {
  if (!result) {
    raise(result.error());
  }
  if constexpr (!std::is_void_v<T>) {
    return *std::move(result);
  }
}

}  // namespace yolofleet::python
