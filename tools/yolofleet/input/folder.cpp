#include <strings.h>

#include <fmt/format.h>

#include <system_error>
#include <utility>

#include "input/picture_filter.hpp"
#include "input/source.hpp"
#include "input/walk.hpp"

namespace yolofleet::command {
namespace fs = std::filesystem;
namespace {

bool holds_a_model(const fs::path& folder) {
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    if (::strcasecmp(entry->path().extension().c_str(), ".cfg") == 0) {
      return true;
    }
  }
  return false;
}

class FolderSource final : public Source {
 public:
  FolderSource(const std::string& folder, const SourceContext& context)
      : videos_(context.videos),
        filter_(folder),
        walk_(
            folder, [this](const fs::path& file) { return filter_.takes(file); },
            [](const fs::path&) { return true; }, context.excluded) {}

  std::optional<Entry> next() override {
    auto found = walk_.next();
    if (!found) {
      return std::nullopt;
    }
    return Entry{found->path.string(), std::move(found->relative), std::move(found->error), false};
  }
  void rewind() override {
    walk_.rewind();
    filter_.reset();
  }
  std::string emptiness() const override {
    const std::string skipped = filter_.skipped();
    return fmt::format("{}: the folder holds no picture ({}), nor do those below it{}{}{}",
                       walk_.root().string(), picture_endings(),
                       skipped.empty() ? "" : "; skipped: " + skipped, video_hint(),
                       holds_a_model(walk_.root())
                           ? "; it holds a model, which is given once: as the first argument, or "
                             "by --cfg and --weights"
                           : "");
  }
  std::string skipped() const override {
    return filter_.skipped().empty()
               ? ""
               : walk_.root().string() + ": " + filter_.skipped() + video_hint();
  }
  fs::path root() const override { return walk_.root(); }

 private:
  std::string video_hint() const {
    const std::string& pattern = filter_.video_pattern();
    return !videos_ || pattern.empty() ? "" : fmt::format("; give its videos as '{}'", pattern);
  }

  bool videos_;
  PictureFilter filter_;
  FolderWalk walk_;
};

}  // namespace

bool is_folder(const std::string& argument) {
  std::error_code ignored;
  return fs::is_directory(argument, ignored);
}

Result<std::unique_ptr<Source>> open_folder(const std::string& argument,
                                            const SourceContext& context) {
  return std::make_unique<FolderSource>(argument, context);
}

}  // namespace yolofleet::command
