#pragma once

#include <string>
#include <string_view>

namespace yolofleet::video::ffmpeg {

/// Makes FFmpeg write nothing to standard error. Its settings belong to the whole process, so this
/// also silences other users of the same libraries.
void silence_log() noexcept;

/// Forgets the line that `reason_of` would return. Call it before a call of FFmpeg that may fail.
void forget_log() noexcept;

/// Whether FFmpeg logged an error in this thread since `forget_log`.
bool logged_error() noexcept;

/// Why a call of FFmpeg failed: the last error that FFmpeg logged in this thread since
/// `forget_log`, or the text of the error number if it logged none. One line.
std::string reason_of(int error);

/// For the error with which an address leads to a protocol that isn't allowed.
inline constexpr std::string_view kForbiddenRedirect =
    "can't be opened: the server redirects to an address that isn't allowed";

/// A reason of FFmpeg that a person may not understand, in plain words; empty for any other.
std::string_view meaning_of(std::string_view reason) noexcept;

}  // namespace yolofleet::video::ffmpeg
