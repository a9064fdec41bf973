#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

namespace yolofleet::command {

/// Takes the pictures of a folder by their names, or also its videos, and counts other pictures and
/// videos, which aren't read.
class PictureFilter {
 public:
  /// `root` comes before the paths of `takes`.
  /// `videos`: take videos, too.
  explicit PictureFilter(std::filesystem::path root, bool videos = false)
      : root_(std::move(root)), videos_(videos) {}

  /// Whether the file is read: it has a picture's or a wanted video's ending, and isn't AppleDouble
  /// (is_apple_double).
  bool takes(const std::filesystem::path& relative);

  /// Forgets the counts.
  void reset() {
    skipped_.clear();
    video_pattern_.clear();
  }

  /// "photos/*.mp4" or "photos/**/*.mp4", which takes the first skipped video; empty if there is
  /// none.
  const std::string& video_pattern() const noexcept { return video_pattern_; }

  /// "3 .tif, 1 .mp4" for the skipped files; empty if there are none.
  std::string skipped() const;

 private:
  std::filesystem::path root_;
  bool videos_;
  std::string video_pattern_;
  std::map<std::string, std::uint64_t> skipped_;  ///< by ending
};

}  // namespace yolofleet::command
