#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "yolofleet/error.hpp"

namespace yolofleet::command {

/// UTF-8's byte order mark, with which some editors begin a list.
inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// The non-blank lines of a list, in order, without line ends (LF, CR or both) and without blanks
/// at their ends; a line that is the very name of a file keeps its blanks.
class Lines {
 public:
  Lines() = default;
  Lines(const Lines&) = delete;
  Lines& operator=(const Lines&) = delete;
  virtual ~Lines() = default;

  /// Nothing after the last one.
  virtual std::optional<std::string> next() = 0;

  /// The number of the line that `next` gave last; the first line of the list is 1.
  virtual std::size_t number() const = 0;

  /// Starts again at the first line.
  virtual void rewind() = 0;
};

/// Reads the whole list once to check it. A file isn't kept in memory, whatever its size: it is
/// read again as lines are asked for, and must not change. A pipe or, as "-", standard input can be
/// read only once, and is kept in memory. Errors: read_file's, kMalformed (a zero byte), kTooLarge
/// (a line of more than kMaxPathBytes).
Result<std::unique_ptr<Lines>> open_lines(const std::string& file, int stop_descriptor);

}  // namespace yolofleet::command
