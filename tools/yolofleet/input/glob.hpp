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

  /// Whether the pattern matches a path below the root.
  bool matches(const std::filesystem::path& relative) const;

  /// Whether a matching path may lie below this folder.
  bool may_match_below(const std::filesystem::path& folder) const;

  /// Whether it has "**", which matches folders of any depth.
  bool recursive() const noexcept;

 private:
  bool reach(const std::vector<std::string>& names, bool whole) const;

  std::filesystem::path root_;
  std::vector<std::string> parts_;  ///< names and patterns below the root
};

/// Whether `text` has one of * ? [.
bool has_wildcard(const std::string& text);

}  // namespace yolofleet::command
