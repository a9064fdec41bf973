#include <fmt/format.h>

#include <utility>

#include "input/picture_filter.hpp"
#include "input/source.hpp"
#include "input/walk.hpp"

namespace yolofleet::command {
namespace fs = std::filesystem;
namespace {

class FolderSource final : public Source {
 public:
  FolderSource(const std::string& folder, const fs::path& excluded)
      : filter_(folder),
        walk_(
            folder, [this](const fs::path& file) { return filter_.takes(file); },
            [](const fs::path&) { return true; }, excluded) {}

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
    return fmt::format("{}: the folder holds no picture ({}), nor do those below it{}",
                       walk_.root().string(), picture_endings(),
                       skipped.empty() ? "" : "; skipped: " + skipped);
  }
  std::string skipped() const override {
    return filter_.skipped().empty() ? "" : walk_.root().string() + ": " + filter_.skipped();
  }
  fs::path root() const override { return walk_.root(); }

 private:
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
  return std::make_unique<FolderSource>(argument, context.excluded);
}

}  // namespace yolofleet::command
