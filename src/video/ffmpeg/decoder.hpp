#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <utility>

#include "video/ffmpeg/handles.hpp"
#include "video/module.hpp"
#include "yolofleet/video.hpp"

namespace yolofleet::video::ffmpeg {

using Time = std::chrono::steady_clock::time_point;

/// Turns the packets of one stream into frames. Not thread-safe.
class Decoder {
 public:
  /// `name` is for messages. If `gpu` isn't null, that decodes; then some streams give no frame, or
  /// frames in the host's memory. Errors: kUnsupported (no decoder; with a GPU also: it has none),
  /// kTooLarge (the header's size), kMalformed (the codec's header), kDevice (FFmpeg can't use the
  /// GPU).
  static Result<std::unique_ptr<Decoder>> open(const AVStream& stream, const std::string& name,
                                               const VideoOptions& options, bool live,
                                               const GpuContext* gpu = nullptr);

  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;
  ~Decoder() = default;

  /// Takes a packet, which was read at this time; null: no more will come. Returns FFmpeg's error
  /// number.
  int send(const AVPacket* packet, Time read_at);
  /// Gives a frame. AVERROR(EAGAIN): it needs another packet first; AVERROR_EOF: that was the last.
  int receive(AVFrame& frame);
  /// When the packet of a frame had been read. Frames must be asked for in order.
  Time read_at(const AVFrame& frame);
  /// Forgets all packets, for those of another place.
  void flush();

  /// Whether a frame was refused because it has more pixels than VideoOptions::max_pixels.
  bool too_large() const noexcept { return limit_.exceeded; }

 private:
  /// The limit that a codec's threads check before a frame takes memory.
  struct Limit {
    std::int64_t pixels = 0;
    std::atomic<bool> exceeded = false;
  };

  Decoder() = default;
  static int take_memory(AVCodecContext* codec, AVFrame* frame, int flags);

  Limit limit_;
  CodecContext codec_;
  std::deque<std::pair<std::int64_t, Time>> read_times_;  // by the packets' time stamps
  Time last_read_;
};

}  // namespace yolofleet::video::ffmpeg
