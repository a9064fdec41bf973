// The inside of VideoPump: what its threads share.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "video/frame_filter.hpp"
#include "video/live_clock.hpp"
#include "video/pump.hpp"

namespace yolofleet::command {

/// How often a thread that waits looks again: a signal handler can't wake `run`, and live sources
/// make room for others without a notice.
inline constexpr std::chrono::milliseconds kLook{50};

/// A frame that waits, or the error with which its video ended.
struct WaitingFrame {
  Picture picture;
  Frame frame;
  std::optional<Error> error{};
  std::size_t bytes = 0;  ///< of `picture`
};

/// One video. VideoPump::State::mutex guards all of it but the calls of the reader.
struct VideoStream {
  Entry entry;
  std::size_t place = 0;   ///< among all videos
  bool is_stream = false;  ///< a camera or an address, by its name
  FrameFilter filter;

  std::shared_ptr<VideoReader> reader;  ///< null: not open
  bool opened = false;                  ///< once, at least
  bool told = false;                    ///< that the CPU decodes in place of a device
  bool live = false;
  bool busy = false;   ///< a thread opens it or decodes
  bool ended = false;  ///< nothing follows in `waiting`
  std::deque<WaitingFrame> waiting;
  /// The newest frame of a video that isn't live, until it is known whether one follows.
  std::optional<WaitingFrame> held;

  std::uint64_t decoded = 0;     ///< frames, of all connections
  std::uint64_t connection = 0;  ///< `decoded` when the present connection began
  LiveClock clock;               ///< of a live source
  double seconds = 0;            ///< of the last frame
  double duration = 0;           ///< of the part that is read; 0: unknown

  std::size_t under_way = 0;
  VideoReport report;
};

struct VideoPump::State {
  explicit State(std::vector<Entry> videos, PumpOptions its_options);

  // The work of threads. They return when nothing is left to do, or once `closing`.
  void decode_files();
  void play(VideoStream& stream);

  // The callers of all that follow hold the lock.
  using Lock = std::unique_lock<std::mutex>;

  // of pump.cpp
  void submit_all(Lock& lock, const PumpCalls& its_calls);
  VideoStream* next_with_frame();
  VideoStream* next_with_frame(bool live);
  bool may_submit_others() const;
  void wake_submitters();
  WaitingFrame take_frame(VideoStream& stream);
  void forget_ended();
  void close();

  // of stream_steps.cpp
  /// Opens it, or gives the error.
  std::optional<Error> open(Lock& lock, VideoStream& stream, std::size_t codec_threads);
  Result<std::optional<VideoFrame>> next_frame(Lock& lock, VideoStream& stream);
  /// Takes in a frame, the end or the error of a video that isn't live.
  void take_step(VideoStream& stream, Result<std::optional<VideoFrame>> step);
  bool has_room(const VideoStream& stream) const;
  void push(VideoStream& stream, WaitingFrame frame);
  void end(VideoStream& stream, std::optional<Error> error);
  WaitingFrame waiting_frame(const VideoStream& stream, VideoFrame frame) const;
  /// The device that is asked to decode it; empty: the CPU.
  std::string asked_device(const VideoStream& stream) const;
  /// Says it once, after a frame: before, the reader doesn't know.
  void say_if_cpu_decodes(VideoStream& stream) const;
  void say(const std::string& text) const;

  // of decode_files.cpp
  VideoStream* next_file();
  std::size_t codec_threads() const;
  void give_back_memory(Lock& lock);

  // of play.cpp
  void play_live(Lock& lock, VideoStream& stream);
  Error play_connection(Lock& lock, VideoStream& stream);
  bool reconnect(Lock& lock, VideoStream& stream, const Error& why);
  void take_live(VideoStream& stream, VideoFrame frame);
  bool reached_end(const VideoStream& stream) const;

  const PumpOptions options;
  const PumpCalls* calls = nullptr;  ///< null: before `run` and once `closing`
  std::vector<std::unique_ptr<VideoStream>> streams;
  std::vector<VideoStream*> files;   ///< those that are no streams
  std::size_t next_to_open = 0;      ///< of `files`
  std::vector<VideoStream*> active;  ///< open, or with waiting frames; streams from the start
  std::size_t live_turn = 0;         ///< in `active`
  std::size_t others_turn = 0;       ///< in `active`
  std::size_t decode_turn = 0;       ///< in `active`

  mutable std::mutex mutex;
  std::condition_variable ready;         ///< a frame waits, a frame came back, or a video ended
  std::condition_variable work;          ///< a file may be decoded
  std::condition_variable room;          ///< a stream that isn't live may be decoded
  std::condition_variable picture_turn;  ///< a picture may be submitted
  bool closing = false;
  std::size_t bytes = 0;             ///< of the waiting frames
  std::size_t live_connected = 0;    ///< live sources that are open
  std::size_t others_under_way = 0;  ///< pictures, and frames of all that aren't live
  std::vector<bool> thread_ended;
  std::condition_variable left;  ///< a thread ended
  std::exception_ptr failure;
  std::chrono::steady_clock::time_point gave_back;  ///< freed memory, for the last time

  double decode_seconds = 0;
  double known_duration = 0;  ///< of the files that were opened and tell theirs
  std::size_t known = 0;      ///< these files
  double ended_seconds = 0;   ///< of these files, those that have ended
};

}  // namespace yolofleet::command
