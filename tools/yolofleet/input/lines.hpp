#pragma once

#include <memory>
#include <optional>
#include <string>

#include "yolofleet/error.hpp"

namespace yolofleet::command {

/// The lines of a list that aren't blank, one after the other, without their ends.
class Lines {
 public:
  Lines() = default;
  Lines(const Lines&) = delete;
  Lines& operator=(const Lines&) = delete;
  virtual ~Lines() = default;

  /// Nothing after the last one.
  virtual std::optional<std::string> next() = 0;

  /// Starts again at the first line.
  virtual void rewind() = 0;
};

/// Goes through the whole list once, to see that it is one. Of a file nothing is kept, whatever its
/// size: it is read again as lines are asked for, and must stay as it is. What can be read but
/// once, a pipe or, as "-", standard input, is kept. Errors: read_file's, kMalformed (a zero byte),
/// kTooLarge (a line of more than kMaxPathBytes).
Result<std::unique_ptr<Lines>> open_lines(const std::string& file, int stop_descriptor);

}  // namespace yolofleet::command
