#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "input/source.hpp"
#include "video/latency.hpp"
#include "yolofleet/picture.hpp"
#include "yolofleet/video.hpp"

namespace yolofleet::command {

/// Opens a video: VideoReader::open. Called from several threads at the same time.
using OpenVideo = std::function<Result<std::unique_ptr<VideoReader>>(const std::string& source,
                                                                     const VideoOptions& options)>;

/// How videos are read.
struct PumpOptions {
  OpenVideo open = VideoReader::open;
  VideoOptions video;  ///< for each; its `threads` and `device` are set anew
  /// The devices that decode, each the next video in turn; none: the CPU.
  std::vector<std::string> devices{};
  std::uint64_t every = 1;  ///< FrameFilter
  double fps = 0;           ///< FrameFilter
  /// Threads that decode files. If there are fewer files, each decoder gets several of them.
  std::size_t threads = 1;
  /// Frames of a live source that may be under way, from `submit` until `taken`. A larger number
  /// keeps the devices busy, a smaller one makes the results of a slow device come earlier.
  std::size_t live_under_way = 4;
  /// Frames of all other videos and pictures together that may be under way while a live source is
  /// connected, which waits for them to be detected in; at least 1. Fewer than the devices hold
  /// leave them idle.
  std::size_t others_under_way = 4;
  /// Of the decoded frames that wait. Where they take more, each live source keeps one frame, and
  /// files wait.
  std::size_t queued_bytes = std::size_t{128} << 20U;
  std::chrono::milliseconds first_pause{1'000};     ///< before a live source is opened again
  std::chrono::milliseconds longest_pause{30'000};  ///< each pause is twice as long as the last
};

/// The functions to which VideoPump gives frames, errors and messages.
struct PumpCalls {
  /// Takes a frame; blocks until there is room. False: no more frames are taken.
  std::function<bool(Picture picture, Entry entry)> submit;
  /// Takes the error of a video that can't be opened, or that ends with it.
  std::function<bool(Error error, Entry entry)> submit_error;
  /// Tells a person about a live source, or about a video that a device can't decode. Called from
  /// several threads, one at a time.
  std::function<void(const std::string& text)> message;
  /// Whether to stop; may become true at any time.
  std::function<bool()> stopped;
};

/// The work of one video so far.
struct VideoReport {
  std::string name;
  bool live = false;
  std::uint64_t frames = 0;      ///< with a result, failed ones too
  std::uint64_t dropped = 0;     ///< of a live source: the devices were too slow
  std::uint64_t reconnects = 0;  ///< of a live source that had broken off
  LatencyHistogram latency;      ///< of a live source: from Frame::read_at to the result
};

/// Reads videos, and gives their frames on: first those of live sources, then those of others, in
/// turn, one of each video. The frames of one video are in order. While a frame of a live source
/// waits, at most one frame or picture of the others is under way.
///
/// Files are decoded by `PumpOptions::threads` threads; a few more files than threads are open at
/// once. A frame waits until it is taken, and its file with it. Each stream and camera has a thread
/// of its own. Of a live one only the newest frames wait: newer ones push out the oldest, which are
/// counted as dropped. A live source that breaks off, or ends before VideoOptions::to, is opened
/// again, after growing pauses, until it is back. One that can't be opened at first has failed.
class VideoPump {
 public:
  VideoPump(std::vector<Entry> videos, PumpOptions options);
  VideoPump(const VideoPump&) = delete;
  VideoPump& operator=(const VideoPump&) = delete;
  ~VideoPump();

  /// Gives all frames on. Returns when all videos have ended, and soon after `stopped` or a false
  /// `submit`. A thread that hangs in opening a source is left behind after half a second. Throws
  /// what a thread threw. Call it once.
  void run(const PumpCalls& calls);

  /// Counts the result of a frame. May be called from any thread.
  void taken(const Frame& frame);

  /// Waits until a picture may be submitted, which goes behind live sources as a frame of a file
  /// does, and counts it as under way. Returns soon after `stopped`, too. May be called from any
  /// thread, before and after `run`, too.
  void admit_picture(const std::function<bool()>& stopped);
  /// Counts the result of a picture. May be called from any thread.
  void picture_taken();

  /// Whether all videos have ended but live sources, which have no other end than a stop. Call it
  /// after `run`.
  bool ended() const;

  /// Of all videos, in their order. May be called from any thread.
  std::vector<VideoReport> report() const;

  /// The part of all files that is decoded, 0 to 1, as far as their durations are known; nothing if
  /// none is. May be called from any thread.
  std::optional<double> part() const;

  /// The number of videos, live ones too.
  std::size_t size() const noexcept;

  /// Time that the threads spent decoding files, summed.
  double decode_seconds() const;
  /// The number of threads that decode files.
  std::size_t decode_threads() const noexcept;

 private:
  struct State;
  void start_threads();
  void end_threads();

  std::shared_ptr<State> state_;  // a thread that hangs may outlive this object
  std::vector<std::thread> threads_;
};

}  // namespace yolofleet::command
