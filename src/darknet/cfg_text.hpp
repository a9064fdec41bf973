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
/// A byte order mark at the start is skipped. No-break spaces go as well, which Darknet keeps. In a
/// text without line feeds, carriage returns end the lines.
/// Adds a warning for each of these: a further option with a key that the section has (the first is
/// in effect); a line without "=" or without a key (ignored); a no-break space; blanks inside a
/// word or a number ("filters=25 5", read as 255). Errors, with file and line: kMalformed (a zero
/// byte; a no-break space inside a word or a number, which ends there in Darknet; a line without
/// "=" before the first section or with a bracket, because it may be a section; an option before
/// the first section or after a line that has only its key; no section at all), kTooLarge
/// (limits.hpp).
Result<std::vector<CfgSection>> parse_cfg(std::string_view text, std::string_view file,
                                          std::vector<std::string>& warnings);

/// `text` for a message: at most 60 characters, with '?' for each byte that isn't printable ASCII.
std::string shown(std::string_view text);

}  // namespace yolofleet::darknet
