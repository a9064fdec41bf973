#pragma once

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace yolofleet::command {

/// The command here that does the same as one of Darknet's.
struct Translation {
  std::string of;                  ///< Darknet's: "detector test"
  std::string command;             ///< quoted for a shell; empty: there is none
  std::vector<std::string> notes;  ///< one line each: why there is none, or what isn't the same
};

/// Translates `detector FUNCTION DATA CFG WEIGHTS [PICTURE] [OPTIONS]` and `detect CFG WEIGHTS
/// [PICTURE] [OPTIONS]`, as Darknet is called (src/detector.c and src/darknet.c). `words` are those
/// of the command line, the program's name first; `app` has the subcommands here, whose options are
/// kept. For `valid` the .data file is read, as it names the list of pictures. Nothing if the words
/// aren't of these forms: `detect MODEL INPUT...` is ours.
std::optional<Translation> translate_darknet(const CLI::App& app,
                                             std::span<const std::string> words);

/// The translation as text for a terminal: an error, the command, and the notes.
std::string translation_text(const Translation& translation);

}  // namespace yolofleet::command
