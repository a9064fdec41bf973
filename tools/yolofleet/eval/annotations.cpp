#include "eval/annotations.hpp"

#include <algorithm>
#include <system_error>
#include <unordered_set>
#include <utility>

#include "eval/annotations_reader.hpp"
#include "output/coco_images.hpp"
#include "shared/fail.hpp"
#include "shared/text.hpp"

namespace yolofleet::command {
namespace fs = std::filesystem;
namespace {

/// Gathers the lists, and checks each entry.
class Gatherer {
 public:
  Result<void> take(CocoList list, std::size_t position, CocoEntry&& entry) {
    switch (list) {
      case CocoList::kImages:
        return take_image(position, std::move(entry));
      case CocoList::kCategories:
        return take_category(position, std::move(entry));
      case CocoList::kAnnotations:
        return take_annotation(position, entry);
    }
    return {};
  }

  /// Makes the checks that need all lists, which may come in any order in the file.
  Result<Annotations> finish() {
    if (annotations_.images.empty()) {
      return fail(ErrorCode::kMalformed, "lists no images");
    }
    for (std::size_t i = 0; i < objects_.size(); ++i) {
      if (!category_ids_.contains(objects_[i].category)) {
        return fail(ErrorCode::kMalformed,
                    R"(annotation {} (from 0) has the "category_id" {}, which no category has)", i,
                    objects_[i].category);
      }
      annotations_.strays += image_ids_.contains(objects_[i].image) ? 0U : 1U;
    }
    return std::move(annotations_);
  }

 private:
  struct Object {
    std::int64_t image = 0;
    std::int64_t category = 0;
  };

  static Result<void> check_file_name(std::size_t position, const std::string& name) {
    if (auto checked = check_listed_image(position, name); !checked) {
      return checked;
    }
    const fs::path path = name;
    const bool leaves =
        path.is_absolute() || std::find(path.begin(), path.end(), "..") != path.end();
    if (name.empty() || leaves || name.find('\0') != std::string::npos) {
      return fail(ErrorCode::kMalformed, R"(image {} (from 0) has the "file_name" "{}", which {})",
                  position, shortened(name), leaves ? "leads out of the folder" : "names no file");
    }
    return {};
  }

  Result<void> take_image(std::size_t position, CocoEntry&& entry) {
    if (!entry.id.whole || !entry.file_name.text) {
      return lacking("image", position, "file_name");
    }
    if (auto usable = check_file_name(position, *entry.file_name.text); !usable) {
      return usable;
    }
    if (!image_ids_.insert(*entry.id.whole).second) {
      return fail(ErrorCode::kMalformed, "two entries have the image id {}", *entry.id.whole);
    }
    if (!file_names_.insert(*entry.file_name.text).second) {
      return fail(ErrorCode::kMalformed, R"(two entries have the file_name "{}")",
                  shortened(*entry.file_name.text));
    }
    annotations_.images.push_back({*entry.id.whole, *std::move(entry.file_name.text)});
    return {};
  }

  Result<void> take_category(std::size_t position, CocoEntry&& entry) {
    if (position == kMaxCategories) {
      return fail(ErrorCode::kTooLarge, "more than {} categories", kMaxCategories);
    }
    if (!entry.id.whole || !entry.name.text) {
      return lacking("category", position, "name");
    }
    if (!category_ids_.insert(*entry.id.whole).second) {
      return fail(ErrorCode::kMalformed, "two entries have the category id {}", *entry.id.whole);
    }
    annotations_.categories.push_back({*entry.id.whole, *std::move(entry.name.text)});
    return {};
  }

  Result<void> take_annotation(std::size_t position, const CocoEntry& entry) {
    if (position == kMaxAnnotations) {
      return fail(ErrorCode::kTooLarge, "more than {} annotations", kMaxAnnotations);
    }
    const auto wrong = [position](const char* what) {
      return fail(ErrorCode::kMalformed, "annotation {} (from 0) {}", position, what);
    };
    if (!entry.has_box) {
      return wrong(R"(lacks a "bbox" of x, y, width and height (numbers))");
    }
    if (!entry.image_id.whole || !entry.category_id.whole) {
      return wrong(R"(lacks an "image_id" or a "category_id" (whole numbers of 64 bits))");
    }
    if (entry.area.there && !entry.area.is_number) {
      return wrong(R"(has an "area" that is no number)");
    }
    const auto& crowd = entry.iscrowd.whole;
    if (entry.iscrowd.there && crowd != 0 && crowd != 1) {
      return wrong(R"(has an "iscrowd" that is neither 0 nor 1)");
    }
    objects_.push_back({*entry.image_id.whole, *entry.category_id.whole});
    return {};
  }

  static Result<void> lacking(const char* entry, std::size_t position, const char* key) {
    return fail(ErrorCode::kMalformed,
                R"({} {} (from 0) lacks a "{}" (text) or an "id" (whole number of 64 bits))", entry,
                position, key);
  }

  Annotations annotations_;
  std::unordered_set<std::int64_t> image_ids_;
  std::unordered_set<std::string> file_names_;
  std::unordered_set<std::int64_t> category_ids_;
  std::vector<Object> objects_;
};

}  // namespace

Result<Annotations> Annotations::load(const fs::path& file) {
  Gatherer gatherer;
  const auto take = [&gatherer](CocoList list, std::size_t position, CocoEntry&& entry) {
    return gatherer.take(list, position, std::move(entry));
  };
  if (auto read = read_coco_annotations(file, take); !read) {
    return tl::unexpected(std::move(read).error());
  }
  auto annotations = gatherer.finish();
  if (!annotations) {
    return fail(annotations.error().code, "{}: {}", file.string(), annotations.error().message);
  }
  return annotations;
}

Result<AnnotatedPictures> find_pictures(const Annotations& annotations, const fs::path& folder) {
  std::error_code ignored;
  if (!fs::is_directory(folder, ignored)) {
    return fail(ErrorCode::kNotFound, "{}: no such folder of pictures", folder.string());
  }
  AnnotatedPictures pictures;
  for (const AnnotatedImage& image : annotations.images) {
    const fs::path file = folder / image.file_name;
    if (!fs::is_regular_file(file, ignored)) {
      pictures.missing.push_back(shortened(image.file_name));
      continue;
    }
    pictures.entries.push_back({file.string(), file.filename(), std::nullopt, false});
    pictures.ids.push_back(image.id);
  }
  return pictures;
}

}  // namespace yolofleet::command
