#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace yolofleet::command {

/// A word as bash reads it back to the same bytes: as it is if it has no special character, else
/// in quotes. A word with control characters or with bytes that aren't UTF-8 is written with
/// escapes, so the result is safe for a terminal.
std::string shell_quoted(std::string_view word);

/// The words of a command, each quoted where it needs to be, joined by blanks.
std::string shell_line(const std::vector<std::string>& words);

}  // namespace yolofleet::command
