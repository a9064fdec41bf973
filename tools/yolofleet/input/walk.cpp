#include "input/walk.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <system_error>

namespace yolofleet::command {
namespace fs = std::filesystem;

FolderWalk::FolderWalk(fs::path root, Filter wants_file, Filter wants_folder, fs::path excluded)
    : root_(std::move(root)),
      wants_file_(std::move(wants_file)),
      wants_folder_(std::move(wants_folder)),
      excluded_(std::move(excluded)) {}

void FolderWalk::rewind() {
  levels_.clear();
  seen_.clear();
  started_ = false;
}

bool FolderWalk::seen_before(const fs::path& folder) {
  struct stat status {};
  return ::stat(folder.c_str(), &status) == 0 &&
         !seen_.emplace(status.st_dev, status.st_ino).second;
}

/// Reads the names in the folder, or gives the entry that reports why the folder can't be read.
std::optional<FolderWalk::Found> FolderWalk::enter(const fs::path& relative) {
  const fs::path folder = relative.empty() ? root_ : root_ / relative;
  if (seen_before(folder)) {
    return std::nullopt;
  }
  Level level{relative, {}, 0};
  std::error_code error;
  fs::directory_iterator entries(folder, error);
  for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
    std::error_code ignored;
    const std::string name = entries->path().filename().string();
    const fs::path below = relative / name;
    const fs::file_status status = entries->status(ignored);
    if (fs::is_directory(status)) {
      if (wants_folder_(below)) {
        level.items.push_back({name, true});
      }
    } else if ((fs::is_regular_file(status) || entries->is_symlink(ignored)) &&
               (fs::is_regular_file(status) || !fs::exists(status)) && wants_file_(below)) {
      level.items.push_back({name, false});
    }
  }
  if (error) {
    return Found{
        folder, relative,
        Error{ErrorCode::kIo, folder.string() + ": the folder can't be read: " + error.message()}};
  }
  // A folder's name is compared with a slash at its end, as in the paths below the folder.
  const auto key = [](const Item& item) { return item.folder ? item.name + '/' : item.name; };
  std::sort(level.items.begin(), level.items.end(),
            [&](const Item& a, const Item& b) { return key(a) < key(b); });
  levels_.push_back(std::move(level));
  return std::nullopt;
}

std::optional<FolderWalk::Found> FolderWalk::next() {
  if (!started_) {
    started_ = true;
    if (auto failure = enter({})) {
      return failure;
    }
    if (!excluded_.empty()) {
      seen_before(excluded_);
    }
  }
  while (!levels_.empty()) {
    Level& level = levels_.back();
    if (level.position == level.items.size()) {
      levels_.pop_back();
      continue;
    }
    const Item& item = level.items[level.position++];
    const fs::path relative = level.relative / item.name;
    if (!item.folder) {
      return Found{root_ / relative, relative, std::nullopt};
    }
    if (auto failure = enter(relative)) {
      return failure;
    }
  }
  return std::nullopt;
}

}  // namespace yolofleet::command
