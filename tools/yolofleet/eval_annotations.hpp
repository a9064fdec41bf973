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

struct AnnotatedImage {
  std::int64_t id = 0;
  std::string file_name;
};

/// What of a COCO annotation file says which pictures and categories there are.
struct Annotations {
  std::vector<AnnotatedImage> images;  ///< at least one
  std::vector<Category> categories;

  /// Errors: kNotFound, kIo, kMalformed (not JSON; no "images", "categories" or "annotations"; an
  /// entry that lacks something; an id or a file name twice), each naming the file.
  static Result<Annotations> load(const std::filesystem::path& json);
};

/// The pictures of the annotations, as far as they are there.
struct AnnotatedPictures {
  std::vector<Entry> entries;
  std::vector<std::int64_t> ids;     ///< of the entries
  std::vector<std::string> missing;  ///< file names
};

/// Looks for each by its file name in `folder`. Errors: kNotFound (no such folder).
Result<AnnotatedPictures> find_pictures(const Annotations& annotations,
                                        const std::filesystem::path& folder);

}  // namespace yolofleet::command
