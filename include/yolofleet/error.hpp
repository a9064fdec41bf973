#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "yolofleet/export.hpp"

namespace yolofleet {

/// The kind of an error. The names that `to_string` gives are stable: the command writes them to
/// its JSON output.
enum class ErrorCode {
  kInvalidArgument,  ///< an option or an argument is wrong, whatever the files contain
  kNotFound,         ///< no such file, folder, device or module
  kIo,               ///< reading or writing failed (permission, full disk, broken pipe)
  kMalformed,        ///< the bytes break the rules of their format (corrupt, truncated)
  kUnsupported,      ///< well formed, but yolofleet or this machine can't read or run it
  kMismatch,         ///< each part is well formed, but the parts don't belong together
  kTooLarge,         ///< over a documented limit, refused before its memory is taken; or no memory
  kDevice,           ///< a device or its runtime failed
  kCancelled,        ///< stopped before the work was done
  kInternal,         ///< a bug in yolofleet
};

/// The name of a code: "invalid_argument", "not_found", "io", "malformed", "unsupported",
/// "mismatch", "too_large", "device", "cancelled", "internal".
YOLOFLEET_API std::string_view to_string(ErrorCode code) noexcept;

/// An error as a value.
struct Error {
  ErrorCode code = ErrorCode::kInternal;
  /// One line for a person: what is wrong, where (file:line, section, key), the value found, and
  /// what is allowed.
  std::string message;
  /// Warnings about the same files that came before the error and may explain it; one line each.
  std::vector<std::string> warnings = {};
};

/// A value or an Error. The library reports bad input this way; it throws only when the machine
/// fails (no memory) or for a bug.
template <typename T>
using Result = tl::expected<T, Error>;

}  // namespace yolofleet
