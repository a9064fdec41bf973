#include "video/pump.hpp"

#include <algorithm>
#include <system_error>
#include <utility>

#include "input/video_name.hpp"
#include "video/pump_state.hpp"

namespace yolofleet::command {
namespace {

/// A thread that takes longer to end is left behind.
constexpr std::chrono::milliseconds kOpeningHangs{500};

}  // namespace

VideoPump::State::State(std::vector<Entry> videos, PumpOptions its_options)
    : options(std::move(its_options)) {
  for (Entry& entry : videos) {
    auto stream = std::make_unique<VideoStream>();
    stream->place = streams.size();
    stream->is_stream = is_stream_name(entry.video);
    stream->filter = FrameFilter(options.every, options.fps);
    stream->report.name = entry.name;
    stream->entry = std::move(entry);
    (stream->is_stream ? active : files).push_back(stream.get());
    streams.push_back(std::move(stream));
  }
}

/// The next live source in turn, or the next of the others.
VideoStream* VideoPump::State::next_with_frame(bool live) {
  std::size_t& turn = live ? live_turn : others_turn;
  for (std::size_t step = 1; step <= active.size(); ++step) {
    const std::size_t place = (turn + step) % active.size();
    VideoStream& stream = *active[place];
    const bool allowed = !live || stream.under_way < options.live_under_way;
    if (stream.live == live && !stream.waiting.empty() && allowed) {
      turn = place;
      return &stream;
    }
  }
  return nullptr;
}

/// Whether a picture, or a frame that isn't live, may be submitted now: live ones come behind it in
/// the devices.
bool VideoPump::State::may_submit_others() const {
  if (closing || live_connected == 0 || others_under_way == 0) {
    return true;
  }
  const bool live_waits = std::any_of(active.begin(), active.end(), [](const VideoStream* stream) {
    return stream->live && !stream->waiting.empty();
  });
  return !live_waits && others_under_way < options.others_under_way;
}

/// After a result; without a live source they don't wait for one.
void VideoPump::State::wake_submitters() {
  if (live_connected > 0) {
    ready.notify_one();
    picture_turn.notify_all();
  }
}

VideoStream* VideoPump::State::next_with_frame() {
  VideoStream* const stream = next_with_frame(true);
  return stream == nullptr && may_submit_others() ? next_with_frame(false) : stream;
}

WaitingFrame VideoPump::State::take_frame(VideoStream& stream) {
  WaitingFrame frame = std::move(stream.waiting.front());
  stream.waiting.pop_front();
  bytes -= frame.bytes;
  if (!frame.error) {
    ++(stream.live ? stream.under_way : others_under_way);
  }
  if (stream.live) {
    picture_turn.notify_all();
  }
  if (!stream.is_stream) {
    work.notify_one();
  } else if (!stream.live) {
    room.notify_all();
  }
  return frame;
}

void VideoPump::State::forget_ended() {
  const auto done = [](const VideoStream* stream) {
    return stream->ended && !stream->busy && stream->waiting.empty();
  };
  if (std::any_of(active.begin(), active.end(), done)) {
    active.erase(std::remove_if(active.begin(), active.end(), done), active.end());
    work.notify_all();
  }
}

void VideoPump::State::submit_all(Lock& lock, const PumpCalls& its_calls) {
  while (!failure && !its_calls.stopped()) {
    VideoStream* const stream = next_with_frame();
    if (stream == nullptr) {
      forget_ended();
      if (active.empty() && next_to_open == files.size()) {
        return;
      }
      ready.wait_for(lock, kLook);
      continue;
    }
    WaitingFrame frame = take_frame(*stream);
    Entry entry = stream->entry;
    lock.unlock();
    bool taken = false;
    if (frame.error) {
      taken = its_calls.submit_error(*std::move(frame.error), std::move(entry));
    } else {
      entry.frame = frame.frame;
      taken = its_calls.submit(std::move(frame.picture), std::move(entry));
    }
    lock.lock();
    if (!taken) {
      return;
    }
  }
}

void VideoPump::State::close() {
  closing = true;
  calls = nullptr;
  for (VideoStream* const stream : active) {
    if (stream->reader) {
      stream->reader->interrupt();
    }
  }
  work.notify_all();
  room.notify_all();
  picture_turn.notify_all();
}

VideoPump::VideoPump(std::vector<Entry> videos, PumpOptions options)
    : state_(std::make_shared<State>(std::move(videos), std::move(options))) {}

VideoPump::~VideoPump() {
  end_threads();
}

void VideoPump::start_threads() {
  const auto start = [this](auto job) {
    const std::size_t number = threads_.size();
    state_->thread_ended.push_back(false);
    threads_.emplace_back([state = state_, number, job]() noexcept {
      std::exception_ptr thrown;
      try {
        job(*state);
      } catch (...) {
        thrown = std::current_exception();
      }
      const std::lock_guard lock{state->mutex};
      state->thread_ended[number] = true;
      if (thrown) {
        state->failure = thrown;
      }
      state->ready.notify_all();
      state->left.notify_all();
    });
  };
  const std::lock_guard lock{state_->mutex};
  for (std::size_t i = 0; i < decode_threads(); ++i) {
    start([](State& state) { state.decode_files(); });
  }
  for (VideoStream* const stream : state_->active) {
    start([stream](State& state) { state.play(*stream); });
  }
}

void VideoPump::end_threads() {
  if (threads_.empty()) {
    return;
  }
  std::vector<bool> ended;
  {
    std::unique_lock lock{state_->mutex};
    state_->close();
    const auto all_ended = [this] {
      return std::find(state_->thread_ended.begin(), state_->thread_ended.end(), false) ==
             state_->thread_ended.end();
    };
    state_->left.wait_for(lock, kOpeningHangs, all_ended);
    ended = state_->thread_ended;
  }
  for (std::size_t i = 0; i < threads_.size(); ++i) {
    if (ended[i]) {
      threads_[i].join();
    } else {
      threads_[i].detach();
    }
  }
  threads_.clear();
}

void VideoPump::run(const PumpCalls& calls) {
  {
    const std::lock_guard lock{state_->mutex};
    state_->calls = &calls;
  }
  start_threads();
  {
    std::unique_lock lock{state_->mutex};
    state_->submit_all(lock, calls);
  }
  end_threads();
  if (state_->failure) {
    std::rethrow_exception(state_->failure);
  }
}

void VideoPump::taken(const Frame& frame) {
  const std::chrono::duration<double> latency = std::chrono::steady_clock::now() - frame.read_at;
  const std::lock_guard lock{state_->mutex};
  VideoStream& stream = *state_->streams[frame.source];
  ++stream.report.frames;
  if (stream.live) {
    --stream.under_way;
    stream.report.latency.add(latency.count());
  } else {
    --state_->others_under_way;
  }
  state_->wake_submitters();
}

void VideoPump::admit_picture(const std::function<bool()>& stopped) {
  std::unique_lock lock{state_->mutex};
  while (!state_->may_submit_others() && !stopped()) {
    state_->picture_turn.wait_for(lock, kLook);
  }
  ++state_->others_under_way;
}

void VideoPump::picture_taken() {
  const std::lock_guard lock{state_->mutex};
  --state_->others_under_way;
  state_->wake_submitters();
}

bool VideoPump::ended() const {
  const std::lock_guard lock{state_->mutex};
  return std::all_of(state_->streams.begin(), state_->streams.end(), [](const auto& stream) {
    return stream->live || (stream->ended && stream->waiting.empty());
  });
}

std::vector<VideoReport> VideoPump::report() const {
  std::vector<VideoReport> all;
  const std::lock_guard lock{state_->mutex};
  all.reserve(state_->streams.size());
  for (const auto& stream : state_->streams) {
    all.push_back(stream->report);
  }
  return all;
}

std::optional<double> VideoPump::part() const {
  const std::lock_guard lock{state_->mutex};
  if (state_->known == 0) {
    return std::nullopt;
  }
  double done = state_->ended_seconds;
  for (const VideoStream* const stream : state_->active) {
    if (stream->duration > 0 && !stream->ended) {
      done += std::clamp(stream->seconds - state_->options.video.from, 0.0, stream->duration);
    }
  }
  const double mean = state_->known_duration / static_cast<double>(state_->known);
  const auto unopened = static_cast<double>(state_->files.size() - state_->next_to_open);
  const double all = state_->known_duration + mean * unopened;
  return std::clamp(done / all, 0.0, 1.0);
}

std::size_t VideoPump::size() const noexcept {
  return state_->streams.size();
}

double VideoPump::decode_seconds() const {
  const std::lock_guard lock{state_->mutex};
  return state_->decode_seconds;
}

std::size_t VideoPump::decode_threads() const noexcept {
  return std::min(state_->options.threads, state_->files.size());
}

}  // namespace yolofleet::command
