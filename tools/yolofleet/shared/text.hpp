#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace yolofleet::command {

/// `text` made safe for a terminal: bytes that aren't UTF-8 become U+FFFD and control characters
/// become '?', so no file name can control the terminal.
std::string printable(std::string_view text);

/// The first `most` bytes of a text, made printable (replaced bytes may make it longer), with "..."
/// if the text is longer: a message doesn't quote a whole file.
std::string shortened(std::string_view text, std::size_t most = 60);

/// Splits a list at its commas. Gives at least one word; words may be empty.
std::vector<std::string> split_list(const std::string& list);

/// "1 picture", "2 pictures".
std::string count_of(std::uint64_t count, std::string_view thing);

/// Columns that printable UTF-8 takes on a terminal: East Asian wide characters and emoji take two,
/// combining marks none.
std::size_t display_width(std::string_view text);

/// `text`, filled up with blanks to `width` columns; a longer text isn't cut.
std::string pad_right(std::string_view text, std::size_t width);

/// A JSON string with its quotes. JSON is UTF-8 and file names are any bytes: each byte that isn't
/// UTF-8 becomes U+FFFD.
std::string json_string(std::string_view text);

/// The shortest JSON number that gives this float back ("0.3"); null if it isn't finite.
std::string json_number(float value);

/// Writes the text to standard error, unchanged; errors are ignored.
void say(const std::string& text);

}  // namespace yolofleet::command
