#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "yolofleet/error.hpp"
#include "yolofleet/export.hpp"

namespace yolofleet {

/// A line `key=value` of a .data file.
struct DataEntry {
  std::string key;
  std::string value;  ///< not empty; without blanks at its ends
  int line = 0;       ///< from 1
};

/// A Darknet .data file: the number of classes, and the paths of the names and of lists of pictures
/// (`names`, `valid`, `difficult` ...). It doesn't name the cfg or the weights.
struct YOLOFLEET_API DataFile {
  std::filesystem::path file;
  std::optional<int> classes;         ///< the value of `classes`; at least 1
  std::vector<DataEntry> entries;     ///< every key once: the first line with it counts
  std::vector<std::string> warnings;  ///< about lines that are ignored; one line each

  /// Reads the file, but none of the files that it names. Errors, with file and line: kNotFound,
  /// kIo, kTooLarge (see docs/limits.md), kMalformed (a zero byte, `classes` without a number, no
  /// known key at all).
  static Result<DataFile> load(const std::filesystem::path& file);

  /// Whether a file, whatever its name, is a .data file: its first line, blank lines and comments
  /// aside, is KEY=VALUE with a key that Darknet reads from .data files. Never blocks.
  static bool is_one(const std::filesystem::path& file);

  /// The line with this key; null if there is none.
  const DataEntry* find(std::string_view key) const noexcept;

  /// Resolves a path of this file: from the working folder, as in Darknet, else from the folder of
  /// this file. Nothing if neither exists.
  std::optional<std::filesystem::path> locate(const std::filesystem::path& path) const;

  /// The file that `key` names, found as by `locate`. Errors: kNotFound (no such key, or no such
  /// file: the message has the places that were looked at).
  Result<std::filesystem::path> file_of(std::string_view key) const;
};

}  // namespace yolofleet
