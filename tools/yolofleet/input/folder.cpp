#include <utility>

#include "input/source.hpp"
#include "input/walk.hpp"

namespace yolofleet::command {
namespace fs = std::filesystem;
namespace {

class FolderSource final : public Source {
 public:
  FolderSource(const std::string& folder, const fs::path& excluded)
      : walk_(
            folder, has_picture_ending, [](const fs::path&) { return true; }, excluded) {}

  std::optional<Entry> next() override {
    auto found = walk_.next();
    if (!found) {
      return std::nullopt;
    }
    return Entry{found->path.string(), std::move(found->relative), std::move(found->error), false};
  }
  void rewind() override { walk_.rewind(); }
  std::string emptiness() const override {
    return walk_.root().string() +
           ": the folder holds no picture (.jpg, .jpeg, .png, .webp, .bmp), nor do those below it";
  }
  fs::path root() const override { return walk_.root(); }

 private:
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
