#include "input/picture_filter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "input/no_picture.hpp"
#include "input/source.hpp"

namespace yolofleet::command {
namespace {

/// Endings of pictures that aren't read, in lower case.
constexpr std::array kOtherPictures{".tif", ".tiff", ".gif", ".heic", ".heif", ".avif", ".jp2",
                                    ".jxl", ".ppm",  ".pgm", ".pnm",  ".tga",  ".dng",  ".cr2",
                                    ".nef", ".arw",  ".raw", ".psd",  ".svg"};
constexpr const char* kAppleDoubles = "._ file of macOS";

std::string lower_ending(const std::filesystem::path& file) {
  std::string ending = file.extension().string();
  std::transform(ending.begin(), ending.end(), ending.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  return ending;
}

}  // namespace

bool PictureFilter::takes(const std::filesystem::path& relative) {
  if (has_picture_ending(relative) || (videos_ && has_video_ending(relative))) {
    if (is_apple_double(root_ / relative)) {
      ++skipped_[kAppleDoubles];
      return false;
    }
    return true;
  }
  const std::string ending = lower_ending(relative);
  const bool video = has_video_ending(relative);
  if (video && video_pattern_.empty()) {
    const std::filesystem::path folder = relative.has_parent_path() ? root_ / "**" : root_;
    video_pattern_ = (folder / ("*" + relative.extension().string())).string();
  }
  if (video ||
      std::find(kOtherPictures.begin(), kOtherPictures.end(), ending) != kOtherPictures.end()) {
    ++skipped_[ending];
  }
  return false;
}

std::string PictureFilter::skipped() const {
  std::string text;
  for (const auto& [ending, count] : skipped_) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, ending);
  }
  return text;
}

}  // namespace yolofleet::command
