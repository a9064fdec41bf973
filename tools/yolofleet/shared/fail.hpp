#pragma once

#include <fmt/format.h>

#include <utility>

#include "yolofleet/error.hpp"

namespace yolofleet::command {

/// `return fail(ErrorCode::kIo, "{}: can't be written", path);` in a function that returns a
/// Result of anything.
template <typename... Args>
tl::unexpected<Error> fail(ErrorCode code, fmt::format_string<Args...> format, Args&&... args) {
  return tl::unexpected(Error{code, fmt::format(format, std::forward<Args>(args)...)});
}

}  // namespace yolofleet::command
