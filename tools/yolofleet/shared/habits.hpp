#pragma once

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "yolofleet/error.hpp"

namespace yolofleet::command {

/// An option of programs other than Darknet, and the one that is meant here.
struct Habit {
  std::string_view word;  ///< without dashes, words joined by '-'
  std::string_view ours;  ///< the option here, with its value's name, or a sentence without a stop
};

/// All of them.
std::span<const Habit> habits();

/// Null if no program is known to have an option of this name, written as Habit::word.
const Habit* find_habit(std::string_view word);

/// "--confidence" of "--confidence P".
std::string option_of(std::string_view with_value);

/// Prepares the words after the program's name for CLI11, which would take `-out FILE` for `-o ut`.
/// Before "--", a word with a dash must be an option, or the value of one; a word with one dash
/// must have one letter, unless it is a number. Any other is refused with a message that names the
/// option meant. "--" itself is left out, and a word after it that begins with a dash is marked, so
/// that CLI11 takes it for no option; `unmark_names` must have been called. Errors:
/// kInvalidArgument.
Result<std::vector<std::string>> checked_words(const CLI::App& app,
                                               std::span<const std::string> words);

/// Makes all subcommands remove the mark of `checked_words` from their arguments.
void unmark_names(CLI::App& app);

/// "did you mean detect?" for a subcommand of another program ("predict"), or why there is none
/// ("train"); else empty.
std::string meant_subcommand(std::string_view word);

/// The one of `names` that the word is probably a slip of: a few letters differ, or it is the only
/// one that begins so. Empty if there is none.
std::string near_name(std::string_view word, std::span<const std::string> names);

/// "did you mean detect?" for a slip of one of the subcommands of `app`; else empty.
std::string near_subcommand(const CLI::App& app, std::string_view word);

}  // namespace yolofleet::command
