#include "model_files.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "base/fail.hpp"

namespace yolofleet {
namespace {

namespace fs = std::filesystem;

std::string in_lower_case(std::string text) {
  for (char& c : text) {
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return text;
}

/// The files of a folder with an ending, in upper or lower case, sorted; without the files "._NAME"
/// that macOS adds.
Result<std::vector<fs::path>> files_ending(const fs::path& folder, std::string_view ending) {
  std::vector<fs::path> found;
  std::error_code error;
  fs::directory_iterator entry{folder, error};
  for (; !error && entry != fs::directory_iterator{}; entry.increment(error)) {
    std::error_code ignored;
    const bool is_of_macos = entry->path().filename().string().starts_with("._");
    if (in_lower_case(entry->path().extension().string()) == ending && !is_of_macos &&
        !entry->is_directory(ignored)) {
      found.push_back(entry->path());
    }
  }
  if (error == std::errc::no_such_file_or_directory) {
    return base::fail(ErrorCode::kNotFound, "{}: no such folder", folder.string());
  }
  if (error) {
    return base::fail(ErrorCode::kIo, "{}: can't be read as a folder: {}", folder.string(),
                      error.message());
  }
  std::sort(found.begin(), found.end());
  return found;
}

/// The only file with that ending; an empty path if there is none and it isn't required.
Result<fs::path> only_file(const fs::path& folder, std::string_view ending, bool needed) {
  const auto found = files_ending(folder, ending);
  if (!found) {
    return tl::unexpected(found.error());
  }
  if (found->size() > 1) {
    return base::fail(ErrorCode::kMismatch,
                      "{}: has {} {} files ({}, {}{}); there must be one, or name the files",
                      folder.string(), found->size(), ending, (*found)[0].filename().string(),
                      (*found)[1].filename().string(), found->size() > 2 ? " ..." : "");
  }
  if (found->empty() && needed) {
    return base::fail(ErrorCode::kNotFound, "{}: has no {} file", folder.string(), ending);
  }
  return found->empty() ? fs::path{} : found->front();
}

/// The names file of a folder; an empty path if it has none.
Result<fs::path> names_file_of(const fs::path& folder) {
  auto names = only_file(folder, ".names", false);
  if (!names || !names->empty()) {
    return names;
  }
  const auto others = files_ending(folder, ".txt");
  if (!others) {
    return tl::unexpected(others.error());
  }
  const auto found = std::find_if(others->begin(), others->end(), [](const fs::path& file) {
    return in_lower_case(file.filename().string()) == "classes.txt";
  });
  return found == others->end() ? fs::path{} : *found;
}

}  // namespace

Result<ModelFiles> model_files_of(const fs::path& folder) {
  const auto cfg = only_file(folder, ".cfg", true);
  if (!cfg) {
    return tl::unexpected(cfg.error());
  }
  const auto weights = only_file(folder, ".weights", true);
  if (!weights) {
    return tl::unexpected(weights.error());
  }
  const auto names = names_file_of(folder);
  if (!names) {
    return tl::unexpected(names.error());
  }
  return ModelFiles{*cfg, *weights, *names};
}

}  // namespace yolofleet
