#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "yolofleet/error.hpp"

namespace yolofleet::command {

/// Walks through a folder and what lies below it. The order is that of the bytes of the whole
/// paths, though only the names of the folders on the way down are held. Links are followed; a
/// folder that is reachable by several paths is read once, by the first of them, so loops end.
class FolderWalk {
 public:
  struct Found {
    std::filesystem::path path;  ///< beginning with the root as it was given
    std::filesystem::path relative;
    std::optional<Error> error;  ///< `path` is a folder that can't be read
  };
  /// Whether to give the file, or to enter the folder, that has this path below the root.
  using Filter = std::function<bool(const std::filesystem::path& relative)>;

  /// Gives the files that `wants_file` accepts: regular files and dangling links.
  /// `excluded`: a folder below the root that isn't read, if it exists; may be empty.
  FolderWalk(std::filesystem::path root, Filter wants_file, Filter wants_folder,
             std::filesystem::path excluded);

  std::optional<Found> next();
  void rewind();
  const std::filesystem::path& root() const noexcept { return root_; }

 private:
  struct Item {
    std::string name;
    bool folder = false;
  };
  struct Level {
    std::filesystem::path relative;
    std::vector<Item> items;
    std::size_t position = 0;
  };

  std::optional<Found> enter(const std::filesystem::path& relative);
  bool seen_before(const std::filesystem::path& folder);

  std::filesystem::path root_;
  Filter wants_file_;
  Filter wants_folder_;
  std::filesystem::path excluded_;
  std::vector<Level> levels_;
  std::set<std::pair<std::uint64_t, std::uint64_t>> seen_;  ///< folders, as device and inode
  bool started_ = false;
};

}  // namespace yolofleet::command
