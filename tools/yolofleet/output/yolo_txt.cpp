#include "output/yolo_txt.hpp"

#include <fmt/format.h>

#include <utility>

#include "output/output_file.hpp"

namespace yolofleet::command {
namespace fs = std::filesystem;
namespace {

class YoloTxtSink final : public Sink {
 public:
  explicit YoloTxtSink(fs::path folder) : folder_(std::move(folder)) {}

  Result<void> write(Outcome& outcome) override {
    if (outcome.result.error) {
      return {};
    }
    return write_file(yolo_txt_file(folder_, outcome.entry), yolo_txt(outcome.result));
  }

  Result<std::string> finish(Ending /*ending*/) override { return std::string(); }

 private:
  fs::path folder_;
};

}  // namespace

std::string yolo_txt(const PictureResult& result) {
  std::string text;
  for (const Detection& found : result.detections) {
    const auto box = clip(found.box, result.width, result.height);
    if (!box) {
      continue;
    }
    const auto width = static_cast<float>(result.width);
    const auto height = static_cast<float>(result.height);
    text += fmt::format("{} {:.6f} {:.6f} {:.6f} {:.6f} {:.6f}\n", found.class_id,
                        (box->x + box->width / 2) / width, (box->y + box->height / 2) / height,
                        box->width / width, box->height / height, found.confidence);
  }
  return text;
}

fs::path yolo_txt_file(const fs::path& folder, const Entry& entry) {
  return folder / fs::path(entry.relative).replace_extension(".txt");
}

Result<std::unique_ptr<Sink>> open_yolo_txt(const SinkContext& context) {
  const fs::path& folder = context.options.yolo;
  if (folder.empty()) {
    return nullptr;
  }
  if (auto made = make_folders(folder); !made) {
    return tl::unexpected(std::move(made.error()));
  }
  return std::make_unique<YoloTxtSink>(folder);
}

}  // namespace yolofleet::command
