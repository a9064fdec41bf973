#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "yolofleet/error.hpp"

namespace yolofleet::command {

/// The value of a key.
struct CocoValue {
  bool there = false;
  bool is_number = false;
  std::optional<std::int64_t> whole;  ///< a whole number of 64 bits
  std::optional<std::string> text;
};

/// An entry of one of the file's lists, with the keys that are used. If a key occurs twice, its
/// last value counts.
struct CocoEntry {
  CocoValue id;
  CocoValue file_name;
  CocoValue name;
  CocoValue image_id;
  CocoValue category_id;
  CocoValue area;
  CocoValue iscrowd;
  bool has_box = false;  ///< a "bbox" of four numbers
};

enum class CocoList : std::size_t { kImages, kCategories, kAnnotations };

/// Takes the next entry of a list; its error ends the reading.
using OnCocoEntry =
    std::function<Result<void>(CocoList list, std::size_t position, CocoEntry&& entry)>;

/// Reads the lists "images", "categories" and "annotations" of a file of COCO annotations, each
/// once and in the order of the file. Nothing of the file is kept in memory.
/// Errors, each naming the file: kNotFound, kIo, kInvalidArgument (not a regular file: Python reads
/// it again), kTooLarge (kMaxJsonValueBytes, or nested too deep), kMalformed (not JSON, a list is
/// missing or there twice, an entry is no object), and on_entry's.
Result<void> read_coco_annotations(const std::filesystem::path& file, const OnCocoEntry& on_entry);

}  // namespace yolofleet::command
