// The thread of a stream or a camera.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "shared/progress.hpp"
#include "video/pump_state.hpp"

namespace yolofleet::command {
namespace {

/// The frames of a live source that wait at most.
constexpr std::size_t kNewestFrames = 4;

using Seconds = std::chrono::duration<double>;

}  // namespace

void VideoPump::State::play(VideoStream& stream) {
  Lock lock{mutex};
  stream.busy = true;
  if (auto error = open(lock, stream, 1)) {
    end(stream, std::move(error));
  } else if (stream.live) {
    play_live(lock, stream);
    end(stream, std::nullopt);
  } else {
    while (!stream.ended && !closing) {
      room.wait_for(lock, kLook, [&] { return closing || has_room(stream); });
      if (!has_room(stream)) {
        continue;
      }
      if (!closing) {
        take_step(stream, next_frame(lock, stream));
      }
    }
  }
  stream.busy = false;
  ready.notify_one();
}

/// Until the end that the user has set, or `closing`.
void VideoPump::State::play_live(Lock& lock, VideoStream& stream) {
  for (;;) {
    const Error why = play_connection(lock, stream);
    stream.reader.reset();
    --live_connected;
    if (closing || reached_end(stream) || !reconnect(lock, stream, why)) {
      return;
    }
  }
}

/// Gives the reason why it ended.
Error VideoPump::State::play_connection(Lock& lock, VideoStream& stream) {
  stream.connection = stream.decoded;
  while (!closing) {
    auto step = next_frame(lock, stream);
    if (!step) {
      return std::move(step.error());
    }
    if (!*step) {
      break;
    }
    take_live(stream, **std::move(step));
    const double to = options.video.to;
    if (to > 0 && stream.seconds >= to) {
      break;
    }
  }
  return {ErrorCode::kIo, fmt::format("{}: ended", stream.entry.name)};
}

void VideoPump::State::take_live(VideoStream& stream, VideoFrame frame) {
  if (frame.number == 0) {
    stream.clock.restart();
  }
  stream.seconds = stream.clock.seconds(frame.seconds, frame.read_at);
  frame.seconds = stream.seconds;
  frame.number += stream.connection;
  stream.decoded = frame.number + 1;
  const double to = options.video.to;
  if ((to > 0 && frame.seconds >= to) || !stream.filter.takes(frame.number, frame.seconds)) {
    return;
  }
  push(stream, waiting_frame(stream, std::move(frame)));
  while (stream.waiting.size() > (bytes > options.queued_bytes ? 1 : kNewestFrames)) {
    bytes -= stream.waiting.front().bytes;
    stream.waiting.pop_front();
    ++stream.report.dropped;
  }
}

/// Whether the time that the user has set is over.
bool VideoPump::State::reached_end(const VideoStream& stream) const {
  if (options.video.to <= 0 || !stream.clock.began()) {
    return false;
  }
  const Seconds since = std::chrono::steady_clock::now() - *stream.clock.began();
  return std::max(since.count(), stream.seconds) >= options.video.to;
}

/// False: the run or the time that the user has set ended before.
bool VideoPump::State::reconnect(Lock& lock, VideoStream& stream, const Error& why) {
  const auto broke = std::chrono::steady_clock::now();
  const std::string& name = stream.entry.name;
  std::string message = why.message.starts_with(name) ? why.message : name + ": " + why.message;
  for (auto pause = options.first_pause;; pause = std::min(2 * pause, options.longest_pause)) {
    if (!message.empty()) {
      say(fmt::format("{}; it is opened again in {:.3g} s", message, Seconds(pause).count()));
    }
    const auto until = std::chrono::steady_clock::now() + pause;
    room.wait_until(lock, until, [&] { return closing; });
    if (closing || reached_end(stream)) {
      return false;
    }
    const auto error = open(lock, stream, 1);
    if (closing) {
      return false;
    }
    if (!error) {
      ++stream.report.reconnects;
      const Seconds gone = std::chrono::steady_clock::now() - broke;
      say(fmt::format("{}: is back after {}", name, format_duration(gone.count())));
      return true;
    }
    // After the longest pause no further message: the source may be gone for days.
    message = pause < options.longest_pause ? error->message : "";
  }
}

}  // namespace yolofleet::command
