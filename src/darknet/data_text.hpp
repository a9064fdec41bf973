#pragma once

#include <filesystem>
#include <string_view>

#include "yolofleet/data_file.hpp"
#include "yolofleet/error.hpp"

namespace yolofleet::darknet {

/// Whether Darknet reads this key from .data files.
bool is_data_key(std::string_view key) noexcept;

/// Reads the text of a .data file as Darknet does (src/option_list.c, read_data_cfg): lines
/// `key=value`; a line that starts with # or ; is a comment. A line that is neither is ignored with
/// a warning, and so are a key without a value, an unknown key, and each further line with a key
/// that came before. A byte order mark at the start is skipped. Of `classes`, text after the number
/// is ignored with a warning.
///
/// Darknet also drops the blanks inside a value. They are kept here, because no path with blanks
/// can be found without them.
///
/// `file` is the file's name. Errors: as DataFile::load, but for those of reading it.
Result<DataFile> parse_data(std::string_view text, const std::filesystem::path& file);

}  // namespace yolofleet::darknet
