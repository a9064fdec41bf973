#include "input/glob.hpp"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <cstddef>
#include <utility>

#include "input/no_picture.hpp"
#include "input/picture_filter.hpp"
#include "input/source.hpp"
#include "input/video_name.hpp"
#include "input/walk.hpp"

namespace yolofleet::command {
namespace fs = std::filesystem;
namespace {

const std::string kAnyFolders = "**";

std::vector<std::string> names_of(const fs::path& path) {
  std::vector<std::string> names;
  for (const fs::path& name : path) {
    names.push_back(name.string());
  }
  return names;
}

class GlobSource final : public Source {
 public:
  GlobSource(const std::string& pattern, const SourceContext& context)
      : pattern_(pattern),
        glob_(pattern),
        videos_(context.videos && has_video_ending(pattern)),
        filter_(glob_.root(), videos_),
        walk_(
            glob_.root(),
            [this](const fs::path& file) { return glob_.matches(file) && filter_.takes(file); },
            [this](const fs::path& folder) { return glob_.may_match_below(folder); },
            context.excluded) {}

  std::optional<Entry> next() override {
    auto found = walk_.next();
    if (!found) {
      return std::nullopt;
    }
    // "*.jpg" gives "a.jpg", as a shell would, not "./a.jpg".
    const bool bare = glob_.root() == "." && pattern_.rfind("./", 0) != 0;
    const std::string name = bare ? found->relative.string() : found->path.string();
    if (videos_ && !found->error && names_a_video(name)) {
      return video_entry(name, std::move(found->relative));
    }
    return Entry{name, std::move(found->relative), std::move(found->error), false};
  }
  void rewind() override {
    walk_.rewind();
    filter_.reset();
  }
  std::string emptiness() const override {
    const std::string skipped = filter_.skipped();
    if (videos_) {
      return fmt::format("{}: no video matches this pattern", pattern_);
    }
    return fmt::format("{}: no picture ({}) matches this pattern{}", pattern_, picture_endings(),
                       skipped.empty() ? "" : "; skipped: " + skipped);
  }
  std::string skipped() const override {
    return filter_.skipped().empty() ? "" : pattern_ + ": " + filter_.skipped();
  }
  fs::path root() const override { return glob_.recursive() ? glob_.root() : fs::path(); }

 private:
  std::string pattern_;
  Glob glob_;
  bool videos_;
  PictureFilter filter_;
  FolderWalk walk_;
};

}  // namespace

bool has_wildcard(const std::string& text) {
  return text.find_first_of("*?[") != std::string::npos;
}

Glob::Glob(const std::string& pattern) {
  for (const std::string& name : names_of(pattern)) {
    if (parts_.empty() && !has_wildcard(name)) {
      root_ /= name;
    } else {
      parts_.push_back(name);
    }
  }
  if (root_.empty()) {
    root_ = ".";
  }
}

bool Glob::recursive() const noexcept {
  return std::find(parts_.begin(), parts_.end(), kAnyFolders) != parts_.end();
}

/// Follows all ways through the pattern at once: `here` says which parts may come next.
bool Glob::reach(const std::vector<std::string>& names, bool whole) const {
  std::vector<bool> here(parts_.size() + 1, false);
  const auto open = [&](std::vector<bool>& set, std::size_t part) {
    set[part] = true;
    while (part < parts_.size() && parts_[part] == kAnyFolders) {
      set[++part] = true;
    }
  };
  open(here, 0);
  for (const std::string& name : names) {
    std::vector<bool> after(parts_.size() + 1, false);
    for (std::size_t part = 0; part < parts_.size(); ++part) {
      if (!here[part]) {
        continue;
      }
      if (parts_[part] == kAnyFolders) {
        if (name.front() != '.') {
          open(after, part);
        }
      } else if (::fnmatch(parts_[part].c_str(), name.c_str(), FNM_PERIOD) == 0) {
        open(after, part + 1);
      }
    }
    here = std::move(after);
  }
  return whole ? here.back() : std::find(here.begin(), here.end() - 1, true) != here.end() - 1;
}

bool Glob::matches(const fs::path& relative) const {
  return reach(names_of(relative), true);
}

bool Glob::may_match_below(const fs::path& folder) const {
  return reach(names_of(folder), false);
}

bool is_glob(const std::string& argument) {
  std::error_code ignored;
  return has_wildcard(argument) && !is_address(argument) &&
         !fs::exists(fs::symlink_status(argument, ignored));
}

Result<std::unique_ptr<Source>> open_glob(const std::string& argument,
                                          const SourceContext& context) {
  return std::make_unique<GlobSource>(argument, context);
}

}  // namespace yolofleet::command
