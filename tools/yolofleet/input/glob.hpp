#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace yolofleet::command {

/// A pattern of paths: * and ? match within a name, [abc] one of these characters, ** as a whole
/// name any number of folders (none, too). As in a shell, a leading dot must be written out.
class Glob {
 public:
  explicit Glob(const std::string& pattern);

  /// The folders before the first name with a wildcard; "." if there are none.
  const std::filesystem::path& root() const noexcept { return root_; }

  /// Whether a path below the root is meant.
  bool matches(const std::filesystem::path& relative) const;

  /// Whether a path that is meant may lie below this folder.
  bool may_match_below(const std::filesystem::path& folder) const;

  /// It has "**", so it reaches down without end.
  bool recursive() const noexcept;

 private:
  bool reach(const std::vector<std::string>& names, bool whole) const;

  std::filesystem::path root_;
  std::vector<std::string> parts_;  ///< names and patterns below the root
};

/// One of * ? [ stands in it.
bool has_wildcard(const std::string& text);

}  // namespace yolofleet::command
