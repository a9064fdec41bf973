#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "yolofleet/error.hpp"

namespace yolofleet::darknet {

/// A line `key=value`, without blanks and comment.
struct CfgOption {
  std::string key;
  std::string value;  ///< may be empty
  int line = 0;       ///< from 1
};

/// A line `[name]` and the options up to the next one.
struct CfgSection {
  std::string name;  ///< without the brackets
  int line = 0;      ///< from 1
  std::vector<CfgOption> options;

  /// The first option of that name, which is the one in effect; null if there is none.
  const CfgOption* find(std::string_view key) const noexcept;
};

/// Splits a cfg into its sections as Darknet does (src/parser.c, read_cfg; src/utils.c, strip): all
/// blanks, tabs and carriage returns inside a line go; a line that then starts with # or ; is a
/// comment. In a value, all from the first # or ; on goes (Darknet's atoi stops there as well).
/// A byte order mark at the start is skipped. If a section has a key twice, the first is in effect,
/// and each further one adds a warning.
/// Errors, with file and line: kMalformed (a zero byte, a line that is neither section nor option,
/// an option before the first section, no section at all), kTooLarge (limits.hpp).
Result<std::vector<CfgSection>> parse_cfg(std::string_view text, std::string_view file,
                                          std::vector<std::string>& warnings);

/// `text` for a message: at most 60 characters, with '?' for each byte that isn't printable ASCII.
std::string shown(std::string_view text);

}  // namespace yolofleet::darknet
