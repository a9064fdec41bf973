// The threads that decode files.
#include <algorithm>

#include "shared/freed_memory.hpp"
#include "video/pump_state.hpp"

namespace yolofleet::command {
namespace {

/// Files that are open in addition to those that threads decode at the moment.
constexpr std::size_t kMoreOpen = 8;

/// The time between two calls of `give_back_freed_memory`.
constexpr std::chrono::seconds kGivesBack{1};

}  // namespace

/// Threads that are left for each decoder if there are fewer files than threads.
std::size_t VideoPump::State::codec_threads() const {
  const std::size_t each = options.threads / std::max<std::size_t>(files.size(), 1);
  return std::clamp<std::size_t>(each, 1, kMaxVideoThreads);
}

/// A file that isn't open yet, as long as only some are, else the next one in turn that has room
/// for a frame; null: none at the moment.
VideoStream* VideoPump::State::next_file() {
  const auto open = static_cast<std::size_t>(std::count_if(
      active.begin(), active.end(),
      [](const VideoStream* stream) { return !stream->is_stream && !stream->ended; }));
  if (next_to_open < files.size() && open < options.threads + kMoreOpen) {
    VideoStream* const file = files[next_to_open++];
    active.push_back(file);
    return file;
  }
  for (std::size_t step = 1; step <= active.size(); ++step) {
    const std::size_t place = (decode_turn + step) % active.size();
    VideoStream& stream = *active[place];
    if (!stream.is_stream && !stream.busy && !stream.ended && has_room(stream)) {
      decode_turn = place;
      return &stream;
    }
  }
  return nullptr;
}

/// One thread every kGivesBack; without the lock.
void VideoPump::State::give_back_memory(Lock& lock) {
  const auto now = std::chrono::steady_clock::now();
  if (now < gave_back + kGivesBack) {
    return;
  }
  gave_back = now;
  lock.unlock();
  give_back_freed_memory();
  lock.lock();
}

void VideoPump::State::decode_files() {
  Lock lock{mutex};
  for (;;) {
    give_back_memory(lock);
    if (closing) {
      return;
    }
    VideoStream* const file = next_file();
    if (file == nullptr) {
      work.wait_for(lock, kLook);
      continue;
    }
    file->busy = true;
    if (!file->opened) {
      if (auto error = open(lock, *file, codec_threads())) {
        end(*file, std::move(error));
      }
    } else {
      take_step(*file, next_frame(lock, *file));
    }
    file->busy = false;
    if (file->ended) {
      ready.notify_one();
      work.notify_one();
    }
  }
}

}  // namespace yolofleet::command
