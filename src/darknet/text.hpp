#pragma once

#include <string_view>

namespace yolofleet::darknet {

/// UTF-8's byte order mark, with which some editors begin a file.
inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// The character that ends the lines of a text: a line feed; or a carriage return if the text has
/// no line feed, as in the oldest files of a Macintosh.
inline char line_end_of(std::string_view text) {
  return text.find('\n') == std::string_view::npos ? '\r' : '\n';
}

/// The line without the blanks at its ends; ^Z, with which DOS ends a text file, counts as a blank.
inline std::string_view trimmed(std::string_view line) {
  constexpr std::string_view kBlanks = " \t\r\f\v\x1A";
  const std::size_t first = line.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) {
    return {};
  }
  return line.substr(first, line.find_last_not_of(kBlanks) - first + 1);
}

}  // namespace yolofleet::darknet
