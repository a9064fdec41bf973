#include <algorithm>
#include <cctype>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "base/fail.hpp"
#include "image/check_view.hpp"
#include "video/module.hpp"
#include "video/module_loader.hpp"
#include "video/partial_file.hpp"
#include "yolofleet/video.hpp"

namespace yolofleet {
namespace {

constexpr int kMaxSide = 16'384;  // of H.264's encoders
constexpr double kMaxFrameRate = 1000;
constexpr double kMaxSeconds = 1e6;

std::optional<video::Container> container_of(const std::filesystem::path& file) {
  std::string ending = file.extension().string();
  std::ranges::transform(ending, ending.begin(), [](unsigned char letter) {
    return static_cast<char>(std::tolower(letter));
  });
  if (ending == ".mp4") {
    return video::Container::kMp4;
  }
  if (ending == ".mkv") {
    return video::Container::kMatroska;
  }
  if (ending == ".avi") {
    return video::Container::kAvi;
  }
  return std::nullopt;
}

class Writer final : public VideoWriter {
 public:
  Writer(video::PartialFile file, std::unique_ptr<video::Sink> sink, video::SinkOptions options)
      : file_(std::move(file)), sink_(std::move(sink)), options_(std::move(options)) {}

  Result<void> write(const ImageView& frame, double seconds) override {
    if (auto usable = open_for("a frame"); !usable) {
      return usable;
    }
    if (auto checked = check(frame); !checked) {
      return checked;
    }
    if (frame.width != options_.width || frame.height != options_.height) {
      return base::fail(ErrorCode::kInvalidArgument,
                        "{}: a frame of {} x {}; all frames of this video are {} x {}",
                        options_.name, frame.width, frame.height, options_.width, options_.height);
    }
    if (!(seconds >= 0 && seconds <= kMaxSeconds && seconds > last_seconds_)) {
      return base::fail(ErrorCode::kInvalidArgument,
                        "{}: a frame at {} s; its time must be from 0 to {:g} and more than that "
                        "of the frame before",
                        options_.name, seconds, kMaxSeconds);
    }
    last_seconds_ = seconds;
    return ended_by(sink_->write(frame, seconds));
  }

  Result<void> finish() override {
    if (auto usable = open_for("its end"); !usable) {
      return usable;
    }
    if (auto ended = ended_by(sink_->finish()); !ended) {
      return ended;
    }
    ended_ = true;
    return file_.commit();
  }

 private:
  Result<void> open_for(const char* part) const {
    if (ended_) {
      return base::fail(ErrorCode::kInvalidArgument,
                        "{}: {} can't be written: the video is finished or has failed",
                        options_.name, part);
    }
    return {};
  }

  /// Nothing can follow a failed write.
  Result<void> ended_by(Result<void> written) {
    ended_ = !written;
    return written;
  }

  video::PartialFile file_;
  std::unique_ptr<video::Sink> sink_;
  video::SinkOptions options_;
  double last_seconds_ = -std::numeric_limits<double>::infinity();
  bool ended_ = false;
};

Result<video::SinkOptions> checked_options(const std::filesystem::path& file, int width, int height,
                                           double frame_rate) {
  constexpr auto kInvalid = ErrorCode::kInvalidArgument;
  const std::string name = file.string();
  const auto container = container_of(file);
  if (!container) {
    return base::fail(kInvalid, "{}: a video's name must end in .mp4, .mkv or .avi", name);
  }
  if (width < 1 || height < 1 || width > kMaxSide || height > kMaxSide) {
    return base::fail(kInvalid, "{}: a video of {} x {}; each side must be from 1 to {}", name,
                      width, height, kMaxSide);
  }
  if (!std::isfinite(frame_rate) || frame_rate <= 0 || frame_rate > kMaxFrameRate) {
    return base::fail(kInvalid,
                      "{}: a video of {} frames a second; it must be over 0 and at most {}", name,
                      frame_rate, kMaxFrameRate);
  }
  return video::SinkOptions{name, -1, *container, width, height, frame_rate};
}

}  // namespace

Result<std::unique_ptr<VideoWriter>> VideoWriter::open(const std::filesystem::path& file, int width,
                                                       int height, double frame_rate) {
  auto options = checked_options(file, width, height, frame_rate);
  if (!options) {
    return tl::unexpected(std::move(options.error()));
  }
  auto module = video::load_module();
  if (!module) {
    return tl::unexpected(std::move(module.error()));
  }
  auto partial = video::PartialFile::open(file);
  if (!partial) {
    return tl::unexpected(std::move(partial.error()));
  }
  options->descriptor = partial->descriptor();
  auto sink = (*module)->open_sink(*options);
  if (!sink) {
    return tl::unexpected(std::move(sink.error()));
  }
  return std::make_unique<Writer>(std::move(*partial), std::move(*sink), std::move(*options));
}

}  // namespace yolofleet
