#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "input/source.hpp"
#include "output/coco_ids.hpp"
#include "yolofleet/error.hpp"

namespace yolofleet::command {

/// The most categories and annotations that a file may have. kMaxListedImages is the limit for
/// images.
inline constexpr std::size_t kMaxCategories = std::size_t{1} << 16U;
inline constexpr std::size_t kMaxAnnotations = std::size_t{1} << 24U;

struct AnnotatedImage {
  std::int64_t id = 0;
  std::string file_name;
};

/// The pictures and categories of a COCO annotation file.
struct Annotations {
  std::vector<AnnotatedImage> images;  ///< at least one
  std::vector<Category> categories;
  std::size_t strays = 0;  ///< annotations whose image isn't listed

  /// Errors: those of read_coco_annotations, kTooLarge (too many entries, a long file name) and
  /// kMalformed (an entry that lacks something or has another type; a file name that leads out of
  /// the folder; an id or a file name twice), each naming the file and the entry's number.
  static Result<Annotations> load(const std::filesystem::path& json);
};

/// The pictures of the annotations that exist, and the names of those that don't.
struct AnnotatedPictures {
  std::vector<Entry> entries;
  std::vector<std::int64_t> ids;     ///< of the entries
  std::vector<std::string> missing;  ///< file names, long ones cut
};

/// Looks for each picture by its file name in `folder`. Errors: kNotFound (no such folder).
Result<AnnotatedPictures> find_pictures(const Annotations& annotations,
                                        const std::filesystem::path& folder);

}  // namespace yolofleet::command
