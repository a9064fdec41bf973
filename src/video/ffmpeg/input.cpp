#include "video/ffmpeg/input.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <string_view>
#include <thread>
#include <utility>

#include "base/fail.hpp"
#include "video/ffmpeg/camera.hpp"
#include "video/ffmpeg/log.hpp"

namespace yolofleet::video::ffmpeg {
namespace {

/// The wait before a camera without a new frame is asked again.
constexpr std::chrono::milliseconds kCameraPause{1};

/// Demuxers whose files only name other files.
constexpr std::array<std::string_view, 6> kPlaylists{"concat", "dash", "hls",
                                                     "imf",    "sdp",  "webm_dash_manifest"};

bool is_playlist(const AVInputFormat& format) {
  const bool opens_files_itself = (format.flags & AVFMT_NOFILE) != 0;
  return opens_files_itself || std::ranges::find(kPlaylists, format.name) != kPlaylists.end();
}

/// Whether a web server has told how many bytes the video has. Many formats don't tell their
/// duration before frames are read.
bool is_file_of_known_size(const AVFormatContext& format) {
  return format.pb != nullptr && !is_playlist(*format.iformat) && avio_size(format.pb) > 0;
}

/// A web server may give a file from its beginning only. FFmpeg's functions that seek can lose all
/// frames then.
bool can_seek(const AVFormatContext& format) {
  return format.pb == nullptr || is_playlist(*format.iformat) ||
         (format.pb->seekable & AVIO_SEEKABLE_NORMAL) != 0;
}

/// In place of FFmpeg's function that opens the further files that a file names.
int open_nothing(AVFormatContext* /*format*/, AVIOContext** /*opened*/, const char* /*url*/,
                 int /*flags*/, AVDictionary** /*options*/) {
  return AVERROR(EPERM);
}

/// "audio, subtitle": the kinds of a source's streams.
std::string kinds_of(const AVFormatContext& format) {
  std::string kinds;
  for (unsigned index = 0; index < format.nb_streams; ++index) {
    const AVStream& stream = *format.streams[index];
    const bool cover = (stream.disposition & AV_DISPOSITION_ATTACHED_PIC) != 0;
    const char* const name = av_get_media_type_string(stream.codecpar->codec_type);
    const std::string kind = cover ? "a cover picture" : (name == nullptr ? "unknown" : name);
    if (kinds.find(kind) == std::string::npos) {
      kinds += (kinds.empty() ? "" : ", ") + kind;
    }
  }
  return kinds.empty() ? "nothing" : kinds;
}

ErrorCode code_of(int error, bool local) {
  switch (error) {
    case AVERROR_HTTP_NOT_FOUND:
      return ErrorCode::kNotFound;
    case AVERROR_PROTOCOL_NOT_FOUND:
    case AVERROR_PATCHWELCOME:
      return ErrorCode::kUnsupported;
    case AVERROR(ENOMEM):
      return ErrorCode::kTooLarge;
    case AVERROR_INVALIDDATA:
    case AVERROR_STREAM_NOT_FOUND:
      return ErrorCode::kMalformed;
    case AVERROR_EOF:
      return local ? ErrorCode::kMalformed : ErrorCode::kIo;
    default:
      return ErrorCode::kIo;
  }
}

}  // namespace

Input::Input(Address address, const VideoOptions& options)
    : address_(std::move(address)), guard_(options.timeout) {}

Input::~Input() {
  guard_.restart();  // closing tells a server so, which waits for it
  avformat_close_input(&format_);
  avio_closep(&bytes_);
}

tl::unexpected<Error> Input::failure(int error, const char* what) const {
  if (guard_.interrupted()) {
    return base::fail(ErrorCode::kCancelled, "{}: interrupted", name());
  }
  const bool local = address_.kind == Address::Kind::kFile;
  const bool silent = guard_.expired() && !(local && error == AVERROR_INVALIDDATA);
  if (silent || error == AVERROR_EXIT) {
    const std::chrono::duration<double> seconds = guard_.timeout();
    return base::fail(ErrorCode::kIo, "{}: {}: no answer for {:g} s", name(), what,
                      seconds.count());
  }
  const std::string reason = reason_of(error);
  const bool web = address_.scheme.starts_with("http");
  const std::string_view meaning =
      web && error == AVERROR(EINVAL) ? kForbiddenRedirect : meaning_of(reason);
  if (!meaning.empty()) {
    return base::fail(code_of(error, local), "{}: {}", name(), meaning);
  }
  return base::fail(code_of(error, local), "{}: {}: {}", name(), what, reason);
}

tl::unexpected<Error> Input::broken(int error) const {
  if (address_.kind == Address::Kind::kFile) {
    return failure(error, "is cut off or damaged");
  }
  auto failed = failure(error, "breaks off");
  if (failed.value().code == ErrorCode::kMalformed) {
    failed.value().code = ErrorCode::kIo;  // part of a packet is missing
  }
  return failed;
}

Result<std::unique_ptr<Input>> Input::open(Address address, const VideoOptions& options) {
  std::unique_ptr<Input> input(new Input(std::move(address), options));
  auto done = input->open_format();
  if (done) {
    done = input->find_stream();
  }
  if (!done) {
    return tl::unexpected(std::move(done.error()));
  }
  return input;
}

/// Finds the demuxer by the first bytes, not by the name: "%03d.png" is a file like any other.
Result<InputFormat*> Input::find_format() {
  if (address_.kind == Address::Kind::kCamera) {
    return camera_format();
  }
  if (address_.kind == Address::Kind::kServer) {
    return nullptr;  // FFmpeg's demuxer for it opens the address itself
  }
  Dictionary options;
  options.set("protocol_whitelist", address_.protocols.c_str());
  const AVIOInterruptCB callback = guard_.callback();
  if (const int opened =
          avio_open2(&bytes_, address_.url.c_str(), AVIO_FLAG_READ, &callback, options.get());
      opened < 0) {
    return failure(opened, "can't be opened");
  }
  InputFormat* format = nullptr;
  const int error = av_probe_input_buffer2(bytes_, &format, "", nullptr, 0, 0);
  if (error == AVERROR_INVALIDDATA) {
    return base::fail(ErrorCode::kMalformed, "{}: isn't a video of a format that FFmpeg knows",
                      name());
  }
  if (error < 0) {
    return failure(error, "can't be opened");
  }
  if (is_playlist(*format)) {
    return base::fail(ErrorCode::kUnsupported,
                      "{}: is a playlist ({}); give the videos that it names instead", name(),
                      format->name);
  }
  return format;
}

Result<void> Input::open_format() {
  forget_log();
  guard_.restart();
  auto found = find_format();
  if (!found) {
    return tl::unexpected(std::move(found.error()));
  }
  format_ = allocated(avformat_alloc_context());
  format_->interrupt_callback = guard_.callback();
  if (bytes_ != nullptr) {
    format_->pb = bytes_;
    format_->io_open = open_nothing;
  }
  if (address_.kind == Address::Kind::kCamera) {
    format_->flags |= AVFMT_FLAG_NONBLOCK;  // the wait for a silent camera would have no end
  }
  Dictionary options;
  if (!address_.protocols.empty()) {
    options.set("protocol_whitelist", address_.protocols.c_str());
  }
  if (address_.scheme.starts_with("rtsp")) {
    options.set("rtsp_transport", "tcp");  // UDP loses packets, and firewalls stop it
  }
  // Frees `format_` when it fails.
  const int error = avformat_open_input(&format_, address_.url.c_str(), *found, options.get());
  if (error < 0) {
    return failure(error, "can't be opened");
  }
  return {};
}

Result<void> Input::find_stream() {
  const bool on_network = address_.kind == Address::Kind::kServer;
  const bool has_end = format_->duration != AV_NOPTS_VALUE || is_file_of_known_size(*format_);
  live_ = address_.kind == Address::Kind::kCamera || address_.kind == Address::Kind::kBytes ||
          (on_network && !has_end);
  guard_.restart();
  if (live_) {
    // FFmpeg looks at the stream for this time at most, so the guard ends it only if it is silent.
    constexpr std::int64_t kLongest = 5'000'000;
    const auto half = std::chrono::microseconds(guard_.timeout()) / 2;
    format_->max_analyze_duration = std::min<std::int64_t>(kLongest, half.count());
  }
  if (const int error = avformat_find_stream_info(format_, nullptr); error < 0) {
    return failure(error, "can't be opened");
  }
  const int best = av_find_best_stream(format_, AVMEDIA_TYPE_VIDEO, -1, -1, nullptr, 0);
  if (guard_.interrupted() || (best < 0 && guard_.expired())) {
    return failure(AVERROR_EXIT, "can't be opened");
  }
  if (best < 0 || (format_->streams[best]->disposition & AV_DISPOSITION_ATTACHED_PIC) != 0) {
    return base::fail(ErrorCode::kUnsupported, "{}: has no video stream (it has: {})", name(),
                      kinds_of(*format_));
  }
  stream_ = static_cast<unsigned>(best);
  for (unsigned index = 0; index < format_->nb_streams; ++index) {
    format_->streams[index]->discard = index == stream_ ? AVDISCARD_DEFAULT : AVDISCARD_ALL;
  }
  return {};
}

double Input::duration() const noexcept {
  if (live_) {
    return 0;
  }
  if (stream().duration > 0) {
    return static_cast<double>(stream().duration) * av_q2d(stream().time_base);
  }
  return format_->duration > 0 ? static_cast<double>(format_->duration) / AV_TIME_BASE : 0;
}

double Input::frame_rate() const noexcept {
  AVRational rate = stream().avg_frame_rate;
  if (rate.num <= 0 || rate.den <= 0) {
    rate = av_guess_frame_rate(format_, &stream(), nullptr);
  }
  return rate.num > 0 && rate.den > 0 ? av_q2d(rate) : 0;
}

bool Input::has_times() const noexcept {
  const std::string_view format = format_->iformat->name;
  return (format_->iformat->flags & AVFMT_NOTIMESTAMPS) == 0 && format != "mpjpeg" &&
         !format.ends_with("_pipe");
}

Result<bool> Input::read(AVPacket& packet) {
  guard_.restart();
  while (true) {
    forget_log();
    av_packet_unref(&packet);
    const int error = av_read_frame(format_, &packet);
    if (guard_.interrupted() || (error == AVERROR(EAGAIN) && guard_.expired())) {
      return broken(AVERROR_EXIT);
    }
    if (error == AVERROR(EAGAIN)) {
      std::this_thread::sleep_for(kCameraPause);
      continue;
    }
    if (hides_damage() && logged_error()) {
      return broken(AVERROR_INVALIDDATA);
    }
    if (error == AVERROR_EOF) {
      // FFmpeg ends a stream this way, too, when its bytes can't be read.
      const int cause = format_->pb == nullptr ? 0 : format_->pb->error;
      if (cause < 0 && cause != AVERROR_EOF) {
        return broken(cause);
      }
      return false;
    }
    if (error < 0) {
      return broken(error);
    }
    if (packet.stream_index != static_cast<int>(stream_)) {
      guard_.restart();
      continue;
    }
    if ((packet.flags & AV_PKT_FLAG_CORRUPT) != 0 && !live_ && !is_transport()) {
      return broken(AVERROR_INVALIDDATA);
    }
    return true;
  }
}

/// The demuxer of Matroska and WebM only logs that a file is cut off or damaged, and goes on behind
/// the damage.
bool Input::hides_damage() const noexcept {
  return !live_ && std::string_view(format_->iformat->name).starts_with("matroska");
}

/// MPEG's formats for broadcast. A jump in their packets' numbers isn't damage: it is where two
/// files were put together.
bool Input::is_transport() const noexcept {
  return (format_->iformat->flags & AVFMT_TS_DISCONT) != 0;
}

bool Input::seek(std::int64_t time) noexcept {
  guard_.restart();
  return can_seek(*format_) &&
         av_seek_frame(format_, static_cast<int>(stream_), time, AVSEEK_FLAG_BACKWARD) >= 0;
}

bool Input::rewind() noexcept {
  if (!can_seek(*format_)) {
    return false;
  }
  guard_.restart();
  const int index = static_cast<int>(stream_);
  // These find no key frame before the first one's decoding time.
  return is_transport() ? av_seek_frame(format_, -1, 0, AVSEEK_FLAG_BYTE) >= 0
                        : seek(stream().start_time) || av_seek_frame(format_, index, 0, 0) >= 0;
}

}  // namespace yolofleet::video::ffmpeg
