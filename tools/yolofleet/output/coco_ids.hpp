#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "input/source.hpp"
#include "yolofleet/error.hpp"

namespace yolofleet::command {

/// The `image_id` of a picture in COCO results: from the user's JSON file, else the number in its
/// file name (`number_of`), else its index.
class ImageIds {
 public:
  /// Without a JSON file.
  ImageIds() = default;

  /// Reads COCO's annotations, or their list of images alone (coco_images.hpp).
  /// Errors: those of read_coco_images, and kMalformed (a name has two ids).
  static Result<ImageIds> load(const std::filesystem::path& json);

  /// The id that the JSON file gives: by the name as given, else the path below the given folder,
  /// else the bare file name if only one image of the file has it.
  std::optional<std::int64_t> listed(const Entry& entry) const;

  /// The number after the last '_' of the file name, without its ending, or the whole name if that
  /// is a number: "000000000139.jpg" and "COCO_val2014_000000000139.jpg" give 139, "a1.jpg"
  /// nothing. Nothing for more than kMaxDigits, too, leading zeros aside.
  static std::optional<std::int64_t> number_of(const Entry& entry);
  /// Whether the file name has such a number, but one of more than kMaxDigits.
  static bool has_large_number(const Entry& entry);
  static constexpr std::size_t kMaxDigits = 18;  ///< every such number fits

  std::int64_t id(const Entry& entry, std::uint64_t index) const;

 private:
  std::map<std::string, std::int64_t, std::less<>> by_name_;
  /// By the bare file name; nothing where several images have it.
  std::map<std::string, std::optional<std::int64_t>, std::less<>> by_file_name_;
};

/// A category of COCO annotations.
struct Category {
  std::int64_t id = 0;
  std::string name;
};

/// The `category_id` of each class in COCO results.
class CategoryIds {
 public:
  /// Reads a map: a line for each class, in their order, that starts with its category id; text
  /// after the id is ignored. Blank lines and those that start with # don't count.
  /// Errors: kNotFound, kIo, kTooLarge (over 4 MiB), kMalformed (naming the line), kMismatch (not
  /// one line a class).
  static Result<CategoryIds> load(const std::filesystem::path& map, std::size_t classes);

  /// COCO's own ids where the names are COCO's (each as COCO or as Darknet spells it), else the
  /// class's number plus 1, as COCO's ids start at 1.
  static CategoryIds for_names(std::span<const std::string> names);

  /// The ids of the categories that have the classes' names (COCO's names in COCO's or Darknet's
  /// spelling). A class without such a category has no id. Errors: kMismatch (no class has one).
  static Result<CategoryIds> for_categories(std::span<const std::string> names,
                                            std::span<const Category> categories);

  /// Precondition of both: 0 <= class_id < the number of classes.
  bool has(int class_id) const { return ids_[static_cast<std::size_t>(class_id)].has_value(); }
  /// Precondition: `has`.
  std::int64_t operator[](int class_id) const { return *ids_[static_cast<std::size_t>(class_id)]; }

 private:
  explicit CategoryIds(const std::vector<std::int64_t>& ids) : ids_(ids.begin(), ids.end()) {}
  explicit CategoryIds(std::vector<std::optional<std::int64_t>> ids) : ids_(std::move(ids)) {}

  std::vector<std::optional<std::int64_t>> ids_;
};

}  // namespace yolofleet::command
