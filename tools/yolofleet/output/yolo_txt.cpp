#include "output/yolo_txt.hpp"

#include <fmt/format.h>

#include <system_error>

#include "input/no_picture.hpp"
#include "output/output_file.hpp"
#include "shared/fail.hpp"

namespace yolofleet::command {
namespace fs = std::filesystem;
namespace {

class YoloTxtSink final : public Sink {
 public:
  explicit YoloTxtSink(const OutputOptions& options)
      : folder_(options.yolo),
        confidence_(options.yolo_confidence),
        overwrite_(options.overwrite) {}

  Result<void> write(Outcome& outcome) override {
    if (outcome.result.error) {
      return {};
    }
    const fs::path file = yolo_txt_file(folder_, outcome.entry);
    std::error_code ignored;
    if (!overwrite_ && fs::exists(fs::symlink_status(file, ignored))) {
      return fail(
          ErrorCode::kIo, "{}: can't be written: it exists already{}", file.string(),
          outcome.entry.frame ? "; --overwrite replaces it" : ", and didn't when the run began");
    }
    return write_file(file, yolo_txt(outcome.result, confidence_));
  }

  Result<std::string> finish(Ending /*ending*/) override { return std::string(); }

 private:
  fs::path folder_;
  bool confidence_;
  bool overwrite_;
};

}  // namespace

std::string yolo_txt(const PictureResult& result, bool confidence) {
  std::string text;
  for (const Detection& found : result.detections) {
    const auto box = clip(found.box, result.width, result.height);
    if (!box) {
      continue;
    }
    const auto width = static_cast<float>(result.width);
    const auto height = static_cast<float>(result.height);
    text += fmt::format("{} {:.6f} {:.6f} {:.6f} {:.6f}", found.class_id,
                        (box->x + box->width / 2) / width, (box->y + box->height / 2) / height,
                        box->width / width, box->height / height);
    text += confidence ? fmt::format(" {:.6f}\n", found.confidence) : "\n";
  }
  return text;
}

fs::path yolo_txt_file(const fs::path& folder, const Entry& entry) {
  if (entry.video.empty()) {
    return folder / fs::path(entry.relative).replace_extension(".txt");
  }
  fs::path file = entry.relative;
  if (has_video_ending(file)) {
    file.replace_extension();
  }
  return folder / (file += fmt::format("_{:06}.txt", entry.frame ? entry.frame->number : 0));
}

Result<std::unique_ptr<Sink>> open_yolo_txt(const SinkContext& context) {
  const fs::path& folder = context.options.yolo;
  if (folder.empty()) {
    return nullptr;
  }
  if (auto made = make_folders(folder); !made) {
    return tl::unexpected(std::move(made.error()));
  }
  return std::make_unique<YoloTxtSink>(context.options);
}

}  // namespace yolofleet::command
