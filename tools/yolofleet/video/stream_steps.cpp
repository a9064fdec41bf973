// The steps of one video: it is opened, gives frames, and ends.
#include <algorithm>
#include <utility>

#include "run/stopwatch.hpp"
#include "shared/fail.hpp"
#include "video/pump_state.hpp"

namespace yolofleet::command {
namespace {

/// Of a video that isn't live.
constexpr std::size_t kWaitingFrames = 4;

/// An address may have a password in it, which messages don't repeat.
Error without_password(Error error, const Entry& entry) {
  if (entry.video != entry.name) {
    for (std::size_t at = error.message.find(entry.video); at != std::string::npos;
         at = error.message.find(entry.video, at + entry.name.size())) {
      error.message.replace(at, entry.video.size(), entry.name);
    }
  }
  return error;
}

/// The reader speaks of its options, not of the command's.
Error in_words_of_the_command(Error error, const Entry& entry, const VideoOptions& options) {
  const bool skips = options.from > 0 && error.code == ErrorCode::kInvalidArgument &&
                     error.message.find("VideoOptions::from") != std::string::npos;
  if (skips) {
    error.message = fmt::format("{}: --from is for files; a live source can't skip", entry.name);
  }
  return without_password(std::move(error), entry);
}

/// The part of a video that is read, in seconds; 0: unknown.
double read_duration(const VideoInfo& info, const VideoOptions& options) {
  if (info.live || info.duration <= 0) {
    return 0;
  }
  const double end = options.to > 0 ? std::min(options.to, info.duration) : info.duration;
  return std::max(end - options.from, 0.0);
}

/// The bytes of a frame's samples, in the host's memory or in a device's.
std::size_t bytes_of(const Picture& frame) {
  if (const auto* const on_host = std::get_if<Planes>(&frame)) {
    return on_host->samples().size();
  }
  const auto& view = std::get<PlanesView>(std::get<DeviceImage>(frame).pixels);
  std::size_t bytes = 0;
  for (const PlaneSize& plane : plane_sizes(view.format, view.width, view.height)) {
    bytes += plane.bytes();
  }
  return bytes;
}

Error no_frames(const Entry& entry, const VideoOptions& options) {
  constexpr auto kInvalid = ErrorCode::kInvalidArgument;
  if (options.from > 0 && options.to > 0) {
    return {kInvalid, fmt::format("{}: has no frame between --from and --to", entry.name)};
  }
  if (options.from > 0) {
    return {kInvalid,
            fmt::format("{}: has no frame at or after --from {}", entry.name, options.from)};
  }
  if (options.to > 0) {
    return {kInvalid, fmt::format("{}: has no frame before --to {}", entry.name, options.to)};
  }
  return {ErrorCode::kMalformed, fmt::format("{}: has no frame", entry.name)};
}

}  // namespace

std::optional<Error> VideoPump::State::open(Lock& lock, VideoStream& stream,
                                            std::size_t codec_threads) {
  VideoOptions how = options.video;
  how.threads = static_cast<int>(codec_threads);
  how.device = asked_device(stream);
  if (stream.is_stream) {
    how.to = 0;  // a reader that ends looks like a source that breaks off
  }
  lock.unlock();
  auto opened = options.open(stream.entry.video, how);
  lock.lock();
  if (!opened) {
    return in_words_of_the_command(std::move(opened.error()), stream.entry, how);
  }
  stream.reader = *std::move(opened);
  if (closing) {
    stream.reader->interrupt();
  }
  const VideoInfo& info = stream.reader->info();
  live_connected += info.live ? 1U : 0U;
  if (!stream.opened) {
    stream.opened = true;
    stream.live = stream.report.live = info.live;
    stream.duration = read_duration(info, options.video);
    if (stream.duration > 0) {
      known_duration += stream.duration;
      ++known;
    }
  }
  return std::nullopt;
}

Result<std::optional<VideoFrame>> VideoPump::State::next_frame(Lock& lock, VideoStream& stream) {
  const std::shared_ptr<VideoReader> reader = stream.reader;
  double seconds = 0;
  lock.unlock();
  auto step = [&] {
    const Stopwatch watch(seconds);
    return reader->next();
  }();
  lock.lock();
  if (!stream.is_stream) {
    decode_seconds += seconds;
  }
  if (!step) {
    return tl::unexpected(without_password(std::move(step.error()), stream.entry));
  }
  if (*step) {
    say_if_cpu_decodes(stream);
  }
  return step;
}

WaitingFrame VideoPump::State::waiting_frame(const VideoStream& stream, VideoFrame frame) const {
  const double rate = stream.filter.rate(stream.reader->info().frame_rate);
  const std::size_t taken = bytes_of(frame.picture);
  return {std::move(frame.picture),
          {frame.number, frame.seconds, frame.read_at, rate, stream.place, stream.live, false},
          std::nullopt,
          taken};
}

std::string VideoPump::State::asked_device(const VideoStream& stream) const {
  return options.devices.empty() ? "" : options.devices[stream.place % options.devices.size()];
}

void VideoPump::State::say_if_cpu_decodes(VideoStream& stream) const {
  const std::string asked = asked_device(stream);
  const VideoInfo& info = stream.reader->info();
  if (!stream.told && !asked.empty() && info.device != asked) {
    stream.told = true;
    say(fmt::format("{}: {} can't decode this kind of {}; the CPU does", stream.entry.name, asked,
                    info.codec));
  }
}

void VideoPump::State::take_step(VideoStream& stream, Result<std::optional<VideoFrame>> step) {
  if (!step || !*step) {
    if (stream.held) {
      stream.held->frame.last = true;
      push(stream, *std::exchange(stream.held, std::nullopt));
    }
    if (!step) {
      end(stream, std::move(step.error()));
    } else if (stream.decoded == 0) {
      end(stream, no_frames(stream.entry, options.video));
    } else {
      end(stream, std::nullopt);
    }
    return;
  }
  VideoFrame& frame = **step;
  if (stream.is_stream && options.video.to > 0 && frame.seconds >= options.video.to) {
    take_step(stream, std::optional<VideoFrame>());
    return;
  }
  ++stream.decoded;
  stream.seconds = frame.seconds;
  if (!stream.filter.takes(frame.number, frame.seconds)) {
    return;
  }
  if (stream.held) {
    push(stream, *std::exchange(stream.held, std::nullopt));
  }
  stream.held = waiting_frame(stream, std::move(frame));
}

bool VideoPump::State::has_room(const VideoStream& stream) const {
  // The other half is left to the frames of live sources, which drop some if it isn't enough.
  const std::size_t most = live_connected > 0 ? options.queued_bytes / 2 : options.queued_bytes;
  return stream.waiting.size() < kWaitingFrames && (bytes < most || bytes == 0);
}

void VideoPump::State::push(VideoStream& stream, WaitingFrame frame) {
  bytes += frame.bytes;
  stream.waiting.push_back(std::move(frame));
  ready.notify_one();
}

void VideoPump::State::end(VideoStream& stream, std::optional<Error> error) {
  if (error && !(closing && error->code == ErrorCode::kCancelled)) {
    push(stream, {{}, {}, std::move(error)});
  }
  stream.ended = !closing;
  stream.reader.reset();
  ended_seconds += stream.duration;
  ready.notify_one();
}

void VideoPump::State::say(const std::string& text) const {
  if (calls != nullptr) {
    calls->message(text);
  }
}

}  // namespace yolofleet::command
