// Pictures and videos with their detections drawn into them.
#include <strings.h>

#include <array>
#include <utility>

#include "input/no_picture.hpp"
#include "output/annotated_videos.hpp"
#include "output/output_file.hpp"
#include "output/sink.hpp"
#include "shared/fail.hpp"

namespace yolofleet::command {
namespace fs = std::filesystem;
namespace {

bool is_png(const fs::path& file) {
  return ::strcasecmp(file.extension().c_str(), ".png") == 0;
}

/// Matroska and AVI stay, other videos become MP4. The name of a stream may have dots and no
/// ending.
fs::path video_file(const Entry& entry) {
  const std::string ending = entry.relative.extension().string();
  constexpr std::array kKept{".mp4", ".mkv", ".avi"};
  for (const char* const kept : kKept) {
    if (::strcasecmp(kept, ending.c_str()) == 0) {
      return fs::path(entry.relative).replace_extension(kept);
    }
  }
  fs::path file = entry.relative;
  return has_video_ending(file) ? file.replace_extension(".mp4") : file += ".mp4";
}

class AnnotatedSink final : public Sink {
 public:
  explicit AnnotatedSink(const SinkContext& context)
      : folder_(context.options.annotated),
        names_(context.names),
        videos_(folder_, context.videos) {}

  Result<void> write(Outcome& outcome) override {
    if (!outcome.result.error) {
      draw_detections(outcome.result.pixels, outcome.result.detections, names_);
    }
    if (!outcome.entry.frame) {
      return write_picture(outcome);
    }
    write_frame(outcome);
    return {};
  }

  Result<std::string> finish(Ending ending) override { return videos_.finish(ending); }

 private:
  void write_frame(Outcome& outcome) {
    const Entry& entry = outcome.entry;
    if (!outcome.result.error) {
      videos_.write(entry, outcome.result.pixels.view(), outcome.not_written);
    }
    if (entry.frame->last) {
      if (auto ended = videos_.end(*entry.frame); !ended) {
        outcome.not_written = std::move(ended.error());
      }
    }
  }

  Result<void> write_picture(const Outcome& outcome) const {
    const PictureResult& result = outcome.result;
    if (result.error) {
      return {};
    }
    const fs::path file = annotated_file(folder_, outcome.entry);
    const auto bytes =
        encode_image(result.pixels.view(), is_png(file) ? ImageFormat::kPng : ImageFormat::kJpeg);
    if (!bytes) {
      return fail(bytes.error().code, "{}: {}", file.string(), bytes.error().message);
    }
    return write_file(file, *bytes);
  }

  fs::path folder_;
  std::span<const std::string> names_;
  AnnotatedVideos videos_;
};

}  // namespace

fs::path annotated_file(const fs::path& folder, const Entry& entry) {
  if (!entry.video.empty()) {
    return folder / video_file(entry);
  }
  return folder /
         fs::path(entry.relative).replace_extension(is_png(entry.relative) ? ".png" : ".jpg");
}

Result<std::unique_ptr<Sink>> open_annotated(const SinkContext& context) {
  const fs::path& folder = context.options.annotated;
  if (folder.empty()) {
    return nullptr;
  }
  if (auto made = make_folders(folder); !made) {
    return tl::unexpected(std::move(made.error()));
  }
  return std::make_unique<AnnotatedSink>(context);
}

}  // namespace yolofleet::command
