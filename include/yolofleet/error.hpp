#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "yolofleet/export.hpp"

namespace yolofleet {

/// Why an operation was refused or failed. The names of `to_string` are stable: they stand in the
/// command's JSON output.
enum class ErrorCode {
  kInvalidArgument,  ///< an option or a call is wrong, whatever the files hold
  kNotFound,         ///< no such file, folder, device or module
  kIo,               ///< reading or writing failed (permission, full disk, broken pipe)
  kMalformed,        ///< the bytes are not what their format demands (corrupt, truncated)
  kUnsupported,      ///< well formed, but nothing here can run or read it
  kMismatch,         ///< each part is well formed, but they don't belong together
  kTooLarge,   ///< over a stated limit, refused before its memory was taken; or no memory for it
  kDevice,     ///< a device or its runtime failed
  kCancelled,  ///< stopped before it was done
  kInternal,   ///< a bug in yolofleet
};

/// "invalid_argument", "not_found", "io", "malformed", "unsupported", "mismatch", "too_large",
/// "device", "cancelled", "internal".
YOLOFLEET_API std::string_view to_string(ErrorCode code) noexcept;

/// A refusal or a failure, as a value.
struct Error {
  ErrorCode code = ErrorCode::kInternal;
  /// One line for a person: what, where (file:line, section, key), the value met, what is allowed.
  std::string message;
};

/// Either a value or the Error that stands in its place. The library reports bad input this way
/// and throws only for a broken machine (no memory) or a bug.
template <typename T>
using Result = tl::expected<T, Error>;

}  // namespace yolofleet
