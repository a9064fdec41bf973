#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

namespace yolofleet::command {

/// Takes the pictures of a folder by their names, and counts other pictures and videos, which
/// aren't read.
class PictureFilter {
 public:
  /// `root` comes before the paths of `takes`.
  explicit PictureFilter(std::filesystem::path root) : root_(std::move(root)) {}

  /// Whether the file is read: it has a picture's ending, and isn't AppleDouble (is_apple_double).
  bool takes(const std::filesystem::path& relative);

  /// Forgets the counts.
  void reset() { skipped_.clear(); }

  /// "3 .tif, 1 .mp4" for the skipped files; empty if there are none.
  std::string skipped() const;

 private:
  std::filesystem::path root_;
  std::map<std::string, std::uint64_t> skipped_;  ///< by ending
};

}  // namespace yolofleet::command
