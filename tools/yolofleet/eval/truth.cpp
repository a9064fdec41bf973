#include "eval/truth.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "shared/fail.hpp"
#include "shared/json_output.hpp"
#include "shared/text.hpp"

namespace yolofleet::command {
namespace {

constexpr std::size_t kMissingNamed = 5;

Result<AnnotatedPictures> pictures_of(const Annotations& annotations, const std::string& file,
                                      const std::string& folder, bool allow_missing) {
  auto pictures = find_pictures(annotations, folder);
  if (!pictures || pictures->missing.empty()) {
    return pictures;
  }
  const std::vector<std::string>& missing = pictures->missing;
  const std::size_t named = std::min(missing.size(), kMissingNamed);
  const std::string names =
      fmt::format("{}{}", fmt::join(missing.data(), missing.data() + named, ", "),
                  missing.size() > named ? " ..." : "");
  if (pictures->entries.empty()) {
    return fail(ErrorCode::kNotFound, "{}: has none of the {} of {}: {}", folder,
                count_of(missing.size(), "picture"), file, names);
  }
  if (!allow_missing) {
    return fail(ErrorCode::kNotFound,
                "{}: lacks {} of the {} of {}: {}; --allow-missing evaluates the others", folder,
                missing.size(), count_of(annotations.images.size(), "picture"), file, names);
  }
  return pictures;
}

/// Refuses outputs that would overwrite an input.
Result<void> check_apart(const EvalArguments& arguments, const AnnotatedPictures& pictures) {
  std::vector<std::filesystem::path> read = files_of(arguments.model);
  read.emplace_back(arguments.positional.front());
  read.emplace_back(arguments.coco_classes);
  for (const Entry& entry : pictures.entries) {
    read.emplace_back(entry.name);
  }
  if (arguments.keep == "-") {
    return fail(ErrorCode::kInvalidArgument, "--keep needs a file: Python reads it again");
  }
  std::error_code ignored;
  const std::filesystem::file_status kept = std::filesystem::status(arguments.keep, ignored);
  if (std::filesystem::exists(kept) && !std::filesystem::is_regular_file(kept) &&
      !std::filesystem::is_directory(kept)) {
    return fail(ErrorCode::kInvalidArgument,
                "--keep {}: isn't a regular file: Python reads it again", arguments.keep);
  }
  if (!arguments.keep.empty() && arguments.keep == arguments.json) {
    return fail(ErrorCode::kInvalidArgument, "--keep and --json name the same file, {}",
                arguments.keep);
  }
  return check_not_over("--json", arguments.json, read).and_then([&] {
    return check_not_over("--keep", arguments.keep, read);
  });
}

}  // namespace

Result<Truth> read_truth(const EvalArguments& arguments) {
  const std::string& file = arguments.positional[0];
  const std::string& folder = arguments.positional[1];
  std::error_code ignored;
  if (std::filesystem::is_directory(file, ignored)) {
    return fail(ErrorCode::kInvalidArgument,
                "{}: can't be read: it is a folder; ANNOTATIONS, a file, stands before the FOLDER "
                "of its pictures, and a folder of PICTURES with label files is the only argument "
                "after the model",
                file);
  }
  if (is_list(file) || is_glob(file) || has_picture_ending(file)) {
    return fail(
        ErrorCode::kInvalidArgument,
        "{}: isn't a COCO annotation file, which the first of two arguments after the model "
        "must be; PICTURES with label files are one argument: @LIST, a folder, a quoted "
        "pattern or a picture",
        file);
  }
  auto annotations = Annotations::load(file);
  if (!annotations) {
    return tl::unexpected(std::move(annotations).error());
  }
  auto pictures = pictures_of(*annotations, file, folder, arguments.allow_missing);
  if (!pictures) {
    return tl::unexpected(std::move(pictures).error());
  }
  if (auto apart = check_apart(arguments, *pictures); !apart) {
    return tl::unexpected(std::move(apart).error());
  }
  return Truth{file, *std::move(annotations), *std::move(pictures)};
}

}  // namespace yolofleet::command
