#include "eval_annotations.hpp"

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <system_error>
#include <utility>

#include "fail.hpp"

namespace yolofleet::command {
namespace fs = std::filesystem;
namespace {

using nlohmann::json;

/// The file's object, with an empty value for what isn't needed here: annotations are many.
Result<json> read_json(const fs::path& file) {
  std::error_code ignored;
  std::ifstream stream(file, std::ios::binary);
  if (!stream || fs::is_directory(file, ignored)) {
    const bool missing = !fs::exists(file, ignored);
    return fail(missing ? ErrorCode::kNotFound : ErrorCode::kIo, "{}: can't be read{}",
                file.string(), missing ? ": no such file" : "");
  }
  bool annotated = false;
  const auto wanted = [&](int depth, json::parse_event_t event, json& parsed) {
    if (event != json::parse_event_t::key || depth != 1) {
      return true;
    }
    annotated |= parsed == "annotations";
    return parsed == "images" || parsed == "categories";
  };
  json document;
  try {
    document = json::parse(stream, wanted);
  } catch (const json::parse_error& error) {
    return fail(ErrorCode::kMalformed, "{}: isn't JSON: {}", file.string(), error.what());
  }
  for (const char* key : {"images", "categories"}) {
    if (!document.is_object() || !document.contains(key) || !document[key].is_array()) {
      return fail(ErrorCode::kMalformed, R"({}: isn't COCO annotations: holds no list of "{}")",
                  file.string(), key);
    }
  }
  if (!annotated) {
    return fail(ErrorCode::kMalformed, R"({}: isn't COCO annotations: holds no list of "{}")",
                file.string(), "annotations");
  }
  return document;
}

/// One entry of a list: its id, and the text under `key`.
struct Named {
  std::int64_t id = 0;
  std::string name;
};

/// `what`: "image". No two entries may have the same id; nor, with `unique`, the same text.
Result<std::vector<Named>> read_list(const json& list, const std::string& what, const char* key,
                                     bool unique) {
  std::vector<Named> named;
  std::set<std::int64_t> ids;
  std::set<std::string> names;
  for (const json& each : list) {
    const bool whole = each.is_object() && each.contains(key) && each[key].is_string() &&
                       each.contains("id") && each["id"].is_number_integer();
    if (!whole) {
      return fail(ErrorCode::kMalformed,
                  R"({} {} (from 0) lacks a "{}" (text) or an "id" (whole number))", what,
                  named.size(), key);
    }
    Named one{each["id"].get<std::int64_t>(), each[key].get<std::string>()};
    if (!ids.insert(one.id).second) {
      return fail(ErrorCode::kMalformed, "two entries have the {} id {}", what, one.id);
    }
    if (unique && !names.insert(one.name).second) {
      return fail(ErrorCode::kMalformed, R"(two entries have the {} "{}")", key, one.name);
    }
    named.push_back(std::move(one));
  }
  return named;
}

}  // namespace

Result<Annotations> Annotations::load(const fs::path& file) {
  const auto document = read_json(file);
  if (!document) {
    return tl::unexpected(document.error());
  }
  const auto images = read_list((*document)["images"], "image", "file_name", true);
  const auto categories = read_list((*document)["categories"], "category", "name", false);
  for (const auto* const list : {&images, &categories}) {
    if (!*list) {
      return fail(list->error().code, "{}: {}", file.string(), list->error().message);
    }
  }
  if (images->empty()) {
    return fail(ErrorCode::kMalformed, "{}: lists no images", file.string());
  }
  Annotations annotations;
  for (const Named& image : *images) {
    annotations.images.push_back({image.id, image.name});
  }
  for (const Named& category : *categories) {
    annotations.categories.push_back({category.id, category.name});
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
      pictures.missing.push_back(image.file_name);
      continue;
    }
    pictures.entries.push_back({file.string(), file.filename(), std::nullopt, false});
    pictures.ids.push_back(image.id);
  }
  return pictures;
}

}  // namespace yolofleet::command
