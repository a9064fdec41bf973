#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "video/ffmpeg/address.hpp"
#include "video/ffmpeg/guard.hpp"
#include "video/ffmpeg/handles.hpp"
#include "video/ffmpeg/input_format.hpp"
#include "yolofleet/video.hpp"

namespace yolofleet::video::ffmpeg {

/// An open source and its video stream, of which it reads the encoded packets. For one thread at a
/// time, but for `guard().interrupt()`.
class Input {
 public:
  /// Errors as VideoReader::open.
  static Result<std::unique_ptr<Input>> open(Address address, const VideoOptions& options);

  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;
  ~Input();

  /// For messages.
  const std::string& name() const noexcept { return address_.shown; }
  Guard& guard() noexcept { return guard_; }
  /// The best video stream, as FFmpeg chooses it.
  AVStream& stream() const noexcept { return *format_->streams[stream_]; }
  bool live() const noexcept { return live_; }
  /// In seconds; 0: unknown.
  double duration() const noexcept;
  double frame_rate() const noexcept;
  /// Whether the format has time stamps. FFmpeg makes some up where it has none.
  bool has_times() const noexcept;

  /// The stream's next packet; false at the end. Errors: kIo, kMalformed, kCancelled.
  Result<bool> read(AVPacket& packet);

  /// Goes to the last key frame that isn't after this time of the stream; in some formats to one
  /// near it, or between key frames. False: this source can't.
  bool seek(std::int64_t time) noexcept;
  /// Goes to the start. False: this source can't.
  bool rewind() noexcept;

 private:
  Input(Address address, const VideoOptions& options);

  Result<void> open_format();
  Result<InputFormat*> find_format();
  Result<void> find_stream();
  /// The error for a failed call of FFmpeg. `what`: "can't be opened".
  tl::unexpected<Error> failure(int error, const char* what) const;
  /// The error for a source that can't be read on.
  tl::unexpected<Error> broken(int error) const;
  bool hides_damage() const noexcept;
  bool is_transport() const noexcept;

  Address address_;
  Guard guard_;
  AVIOContext* bytes_ = nullptr;  // ours if the address is a file or a stream of bytes
  AVFormatContext* format_ = nullptr;
  unsigned stream_ = 0;
  bool live_ = false;
};

}  // namespace yolofleet::video::ffmpeg
