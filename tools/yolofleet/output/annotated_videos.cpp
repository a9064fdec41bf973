#include "output/annotated_videos.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <system_error>
#include <utility>

#include "output/output_file.hpp"
#include "shared/fail.hpp"

namespace yolofleet::command {
namespace fs = std::filesystem;
namespace {

/// For a source that doesn't tell its frame rate. Each frame has its own time anyway.
constexpr double kUsualRate = 25;
/// The most that the writer takes.
constexpr double kMostRate = 1000;
/// Between the times of two frames, at least, in seconds.
constexpr double kTick = 1e-6;
constexpr std::size_t kMostNamed = 3;

/// "clip.mp4" and "-2" give "clip-2.mp4".
fs::path with_suffix(const fs::path& file, const std::string& suffix) {
  return file.parent_path() / (file.stem().string() + suffix + file.extension().string());
}

/// "a, b", or "a, b, c and 2 more".
std::string named(const std::vector<std::string>& files) {
  const std::size_t count = std::min(files.size(), kMostNamed);
  const auto end = files.begin() + static_cast<std::ptrdiff_t>(count);
  const std::string names = fmt::format("{}", fmt::join(files.begin(), end, ", "));
  return files.size() == count ? names : fmt::format("{} and {} more", names, files.size() - count);
}

}  // namespace

AnnotatedVideos::AnnotatedVideos(fs::path folder, const std::vector<Entry>& videos)
    : folder_(std::move(folder)) {
  for (const Entry& entry : videos) {
    taken_.insert(annotated_file(folder_, entry).lexically_normal());
    read_.emplace_back(entry.video);
  }
}

bool AnnotatedVideos::is_taken(const fs::path& file) const {
  return taken_.count(file.lexically_normal()) > 0 ||
         std::any_of(read_.begin(), read_.end(), [&](const fs::path& read) {
           std::error_code ignored;
           return fs::equivalent(file, read, ignored);
         });
}

/// "clip-2.mp4" for the suffix "-2", or the next number whose file is free. Number 1 isn't written.
fs::path AnnotatedVideos::free_file(const fs::path& file, const std::string& suffix, int number) {
  for (;; ++number) {
    fs::path free = with_suffix(file, number == 1 ? suffix : fmt::format("{}-{}", suffix, number));
    if (!is_taken(free)) {
      taken_.insert(free.lexically_normal());
      return free;
    }
  }
}

Result<void> AnnotatedVideos::begin(Video& video, const Entry& entry, const ImageView& frame) {
  const fs::path file = annotated_file(folder_, entry);
  video.file = video.parts == 0 ? file : free_file(file, "", video.parts + 1);
  video.partial = free_file(video.file, ".partial", 1);
  video.width = frame.width;
  video.height = frame.height;
  video.live = entry.frame->live;
  if (auto made = make_folders(video.file.parent_path()); !made) {
    return made;
  }
  const double rate = entry.frame->rate > 0 ? entry.frame->rate : kUsualRate;
  auto writer =
      VideoWriter::open(video.partial, frame.width, frame.height, std::min(rate, kMostRate));
  if (!writer) {
    return tl::unexpected(std::move(writer.error()));
  }
  video.writer = *std::move(writer);
  return {};
}

Result<void> AnnotatedVideos::give_name(Video& video) {
  std::error_code error;
  fs::rename(video.partial, video.file, error);
  if (error) {
    return fail(ErrorCode::kIo, "{}: can't be written: {}", video.file.string(), error.message());
  }
  return {};
}

void AnnotatedVideos::write(const Entry& entry, const ImageView& frame,
                            std::optional<Error>& refusal) {
  Video& video = videos_[entry.frame->source];
  if (video.refused) {
    return;
  }
  auto written = append(video, entry, frame);
  if (!written) {
    refusal = std::move(written.error());
    video.refused = true;
    video.writer.reset();
  }
}

Result<void> AnnotatedVideos::append(Video& video, const Entry& entry, const ImageView& frame) {
  if (video.writer && (video.width != frame.width || video.height != frame.height)) {
    if (auto ended = video.writer->finish(); !ended) {
      return ended;
    }
    if (auto named = give_name(video); !named) {
      return named;
    }
    video.writer.reset();
    ++video.parts;
  }
  if (!video.writer) {
    if (auto begun = begin(video, entry, frame); !begun) {
      return begun;
    }
    video.seconds = entry.frame->seconds - kTick;
  }
  video.seconds = std::max(entry.frame->seconds, video.seconds + kTick);
  return video.writer->write(frame, video.seconds);
}

Result<void> AnnotatedVideos::end(const Frame& frame) {
  const auto found = videos_.find(frame.source);
  if (found == videos_.end()) {
    return {};
  }
  Video video = std::move(found->second);
  videos_.erase(found);
  if (!video.writer) {
    return {};
  }
  auto ended = video.writer->finish();
  return ended ? give_name(video) : ended;
}

Result<std::string> AnnotatedVideos::finish(Ending ending) {
  std::vector<std::string> left;
  for (auto& [source, video] : videos_) {
    if (!video.writer) {
      continue;
    }
    auto ended = video.writer->finish();
    if (ended && (video.live || ending == Ending::kComplete)) {
      ended = give_name(video);
    } else if (ended) {
      left.push_back(video.partial.string());
    }
    if (!ended) {
      return tl::unexpected(std::move(ended.error()));
    }
  }
  videos_.clear();
  return named(left);
}

}  // namespace yolofleet::command
