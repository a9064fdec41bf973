#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "yolofleet/error.hpp"

namespace yolofleet::darknet {

/// Reads one class name from each line, without blanks at its ends. A byte order mark, carriage
/// returns before line feeds, ^Z, with which DOS ends text files, and blank lines at the end are
/// ignored. In a text without line feeds, carriage returns end the lines. A blank line before the
/// last name is a class whose name is its number. `file` is the text's name in messages. Errors:
/// kMalformed (not UTF-8, a zero byte; with the line), kMismatch (not `classes` names).
Result<std::vector<std::string>> parse_names(std::string_view text, std::string_view file,
                                             int classes);

/// The same for a file. Errors: also kNotFound, kIo, kTooLarge, kMalformed for an HTML page and a
/// Git LFS pointer.
Result<std::vector<std::string>> read_names(const std::filesystem::path& file, int classes);

}  // namespace yolofleet::darknet
