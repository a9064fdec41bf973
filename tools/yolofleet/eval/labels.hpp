#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "yolofleet/error.hpp"

namespace yolofleet::command {

/// The largest label file that is read, in bytes.
inline constexpr std::size_t kMaxLabelBytes = std::size_t{1} << 22U;

/// An object of a label file: centre and size relative to the picture.
struct LabelledBox {
  int class_id = 0;
  int line = 0;  ///< of the file, from 1
  float center_x = 0.0F;
  float center_y = 0.0F;
  float width = 0.0F;
  float height = 0.0F;

  friend bool operator==(const LabelledBox&, const LabelledBox&) = default;
};

/// The objects of a picture.
struct Labels {
  std::filesystem::path file;
  std::vector<LabelledBox> boxes;
  std::string unread;  ///< if the rest of the file isn't read: where and why, in one line
  /// Objects that can't be in a picture: a centre outside of 0 to 1, a width or height that is 0 or
  /// less, or over 1, or a value that isn't a number.
  std::size_t impossible = 0;
  std::string first_impossible;  ///< "FILE:LINE: TEXT"
};

/// The label files that a picture may have; the first that exists counts.
/// 1. Darknet's (src/utils.c, replace_image_to_label): /JPEGImages/ and /images/X/ become /labels/
///    and /labels/X/, where X is train2014, val2014, train2017 or val2017; the ending becomes .txt.
/// 2. Other tools': the last folder "images" becomes "labels". Left out where it is the same file.
std::vector<std::filesystem::path> label_files(const std::filesystem::path& picture);

/// Reads lines `class x y width height` as Darknet does (src/data.c, read_boxes). Where Darknet
/// stops reading, because no number follows, this stops too and says so in `unread`. Errors:
/// kMalformed (a line from which Darknet would read other objects than it seems to have: fewer than
/// five columns, more than five, a class that isn't a whole number), with the line.
Result<Labels> parse_labels(std::string_view text, const std::filesystem::path& file);

/// Reads the label file of a picture; nothing if it has none. Errors: those of parse_labels, kIo,
/// kTooLarge.
Result<std::optional<Labels>> read_labels(const std::filesystem::path& picture);

}  // namespace yolofleet::command
