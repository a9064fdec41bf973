#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "yolofleet/error.hpp"

namespace yolofleet::darknet {

/// The names of a text's lines: one a class, blanks at both ends gone. A byte order mark, carriage
/// returns and blank lines at the end don't count; a blank line before a name is a class whose name
/// is its number. `file` is what messages call the text.
/// Errors: kMalformed (not UTF-8, a zero byte; with the line), kMismatch (not `classes` names).
Result<std::vector<std::string>> parse_names(std::string_view text, std::string_view file,
                                             int classes);

/// The same from a file. Errors: also kNotFound, kIo, kTooLarge.
Result<std::vector<std::string>> read_names(const std::filesystem::path& file, int classes);

}  // namespace yolofleet::darknet
