#include "video/ffmpeg/source.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <utility>

#include "base/fail.hpp"
#include "video/ffmpeg/decoder.hpp"
#include "video/ffmpeg/frame_clock.hpp"
#include "video/ffmpeg/frame_format.hpp"
#include "video/ffmpeg/frame_planes.hpp"
#include "video/ffmpeg/gpu_codec.hpp"
#include "video/ffmpeg/handles.hpp"
#include "video/ffmpeg/input.hpp"
#include "video/ffmpeg/log.hpp"
#include "video/ffmpeg/orientation.hpp"

namespace yolofleet::video::ffmpeg {
namespace {

/// Packets that are left out after a jump while none is a key frame; some streams have none.
constexpr int kMostSkipped = 1000;

/// Packets that a GPU may take before its first frame, and their bytes; a codec needs a few.
constexpr std::size_t kMostKept = 256;
constexpr std::size_t kMostKeptBytes = std::size_t{64} << 20U;

constexpr double kRounding = 1e-6;  // seconds: time stamps are fractions, the options decimal

/// Whether the planes of a frame can be shown from where they lie. FFmpeg doesn't apply cropping on
/// the left and at the top to a GPU's frames.
bool can_show(const AVFrame& frame) noexcept {
  return !is_on_gpu(frame) ||
         (layout_of(pixel_format(frame)) && frame.crop_left == 0 && frame.crop_top == 0);
}

struct ReadPacket {
  Packet packet;
  Time read_at;
};

/// The wait for a GPU's first frame. It keeps the packets, so that the CPU can take over from the
/// start.
struct GpuTrial {
  bool running = false;
  std::deque<ReadPacket> packets{};
  std::size_t bytes = 0;  // of `packets`

  void keep(const AVPacket& packet, Time read_at) {
    packets.push_back({Packet(allocated(av_packet_clone(&packet))), read_at});
    bytes += static_cast<std::size_t>(packet.size);
  }
  bool is_full() const noexcept { return packets.size() >= kMostKept || bytes >= kMostKeptBytes; }
  /// Ends the trial, and returns the packets.
  std::deque<ReadPacket> end() noexcept {
    running = false;
    bytes = 0;
    return std::exchange(packets, {});
  }
};

class FfmpegSource final : public Source {
 public:
  /// `on_gpu`: that is where the decoder works.
  FfmpegSource(std::unique_ptr<Input> input, std::unique_ptr<Decoder> decoder, VideoOptions options,
               bool on_gpu);

  const VideoInfo& info() const noexcept override { return info_; }
  Result<std::optional<FrameView>> next() override;
  void interrupt() noexcept override { input_->guard().interrupt(); }

 private:
  /// All functions that return Result<bool>: whether there is a frame, in `frame_`.
  Result<bool> decode();
  Result<bool> decode_from(double seconds);
  Result<bool> decode_wanted();
  bool jump(double time);
  Result<FrameView> shown();
  /// Gives the decoder its next packet, or the end.
  void feed();
  void send_packet(const AVPacket& packet, Time read_at);
  /// Has the CPU decode from the start if the GPU's first answer, `result`, is no frame that can be
  /// shown, or if none comes before the trial is full. Errors: as Decoder::open.
  Result<bool> leaves_gpu(int result);
  /// Has the error reported after the frames that the decoder still has.
  void end_with(Error error);
  void end_with_damage(int error);
  void take_time() noexcept;
  bool is_damaged() const noexcept;
  bool decodes_on_gpu() const noexcept { return info_.device != "cpu"; }

  std::unique_ptr<Input> input_;
  std::unique_ptr<Decoder> decoder_;
  VideoOptions options_;
  VideoInfo info_;
  Packet packet_ = make_packet();
  Frame frame_ = make_frame();
  FramePlanes planes_;
  FrameClock clock_;
  double seconds_ = 0;  // of `frame_`
  Time read_at_;        // of `frame_`
  std::uint64_t given_ = 0;
  bool started_ = false;
  GpuTrial trial_;
  std::deque<ReadPacket> again_;     // packets that the CPU gets next
  bool source_broke_ = false;        // it can't be read on
  bool seen_key_ = false;            // a key frame, before which nothing can be decoded
  bool to_key_ = false;              // packets before it are left out
  int skipped_ = 0;                  // packets that were left out
  std::optional<Error> last_error_;  // comes after the decoder's last frame
  std::optional<Result<bool>> ended_;
};

FfmpegSource::FfmpegSource(std::unique_ptr<Input> input, std::unique_ptr<Decoder> decoder,
                           VideoOptions options, bool on_gpu)
    : input_(std::move(input)),
      decoder_(std::move(decoder)),
      options_(std::move(options)),
      clock_(av_q2d(input_->stream().time_base),
             input_->live() ? AV_NOPTS_VALUE : input_->stream().start_time, input_->frame_rate()),
      trial_{on_gpu} {
  const AVStream& stream = input_->stream();
  const AVCodecParameters& codec = *stream.codecpar;
  const bool turned = orientation_of(stream) >= 5;
  info_.codec = avcodec_get_name(codec.codec_id);
  info_.width = turned ? codec.height : codec.width;
  info_.height = turned ? codec.width : codec.height;
  info_.frame_rate = input_->frame_rate();
  info_.duration = input_->duration();
  info_.live = input_->live();
  if (on_gpu) {
    info_.device = options_.device;
  }
}

void FfmpegSource::end_with(Error error) {
  if (!last_error_) {
    last_error_ = std::move(error);
    decoder_->send(nullptr, {});
  }
}

void FfmpegSource::end_with_damage(int error) {
  if (decoder_->too_large()) {
    end_with({ErrorCode::kTooLarge,
              fmt::format("{}: a frame has more than the {} pixels that are allowed",
                          input_->name(), options_.max_pixels)});
  } else if (error == AVERROR(ENOMEM)) {
    end_with({ErrorCode::kTooLarge, fmt::format("{}: no memory for a frame", input_->name())});
  } else if (seen_key_ && !info_.live) {
    const std::string or_gpu = decodes_on_gpu() ? fmt::format(", or {} failed", info_.device) : "";
    end_with({ErrorCode::kMalformed, fmt::format("{}: is cut off or damaged{}: {}", input_->name(),
                                                 or_gpu, reason_of(error))});
  }
}

void FfmpegSource::send_packet(const AVPacket& packet, Time read_at) {
  if (av_packet_get_side_data(&packet, AV_PKT_DATA_ENCRYPTION_INFO, nullptr) != nullptr) {
    end_with({ErrorCode::kUnsupported, fmt::format("{}: is encrypted", input_->name())});
    return;
  }
  seen_key_ = seen_key_ || (packet.flags & AV_PKT_FLAG_KEY) != 0;
  if (to_key_ && !seen_key_ && ++skipped_ < kMostSkipped) {
    return;
  }
  if (trial_.running) {
    trial_.keep(packet, read_at);
  }
  if (const int error = decoder_->send(&packet, read_at); error < 0) {
    end_with_damage(error);
  }
}

void FfmpegSource::feed() {
  if (!again_.empty()) {
    const ReadPacket first = std::move(again_.front());
    again_.pop_front();
    send_packet(*first.packet, first.read_at);
    return;
  }
  auto read = input_->read(*packet_);
  if (!read) {
    source_broke_ = true;
    end_with(std::move(read.error()));
  } else if (*read) {
    send_packet(*packet_, std::chrono::steady_clock::now());
  } else {
    decoder_->send(nullptr, {});
  }
}

bool FfmpegSource::is_damaged() const noexcept {
  return frame_->decode_error_flags != 0 || (frame_->flags & AV_FRAME_FLAG_CORRUPT) != 0;
}

Result<bool> FfmpegSource::leaves_gpu(int result) {
  const bool waits = result == AVERROR(EAGAIN) && !trial_.is_full();
  if (!trial_.running || source_broke_ || waits) {
    return false;
  }
  auto packets = trial_.end();
  if (result >= 0 && is_on_gpu(*frame_) && can_show(*frame_)) {
    return false;
  }
  again_ = std::move(packets);
  av_frame_unref(frame_.get());
  info_.device = "cpu";
  last_error_.reset();
  auto decoder = Decoder::open(input_->stream(), input_->name(), options_, info_.live);
  if (!decoder) {
    return tl::unexpected(std::move(decoder.error()));
  }
  decoder_ = *std::move(decoder);
  return true;
}

/// The next frame in the order in which frames are shown.
Result<bool> FfmpegSource::decode() {
  while (!input_->guard().interrupted()) {
    const int error = decoder_->receive(*frame_);
    auto leaves = leaves_gpu(error);
    if (!leaves) {
      return leaves;
    }
    if (*leaves) {
      continue;
    }
    if (error == AVERROR_EOF) {
      if (last_error_) {
        return tl::unexpected(*last_error_);
      }
      return false;
    }
    if (error == AVERROR(EAGAIN)) {
      feed();
    } else if (error < 0) {
      end_with_damage(error);
    } else if (!is_damaged() || (!seen_key_ && !info_.live)) {
      take_time();
      return true;
    } else if (!info_.live) {
      return base::fail(ErrorCode::kMalformed, "{}: is cut off or damaged: {}", input_->name(),
                        reason_of(AVERROR_INVALIDDATA));
    }
  }
  return base::fail(ErrorCode::kCancelled, "{}: interrupted", input_->name());
}

void FfmpegSource::take_time() noexcept {
  read_at_ = decoder_->read_at(*frame_);
  seconds_ = info_.live && !input_->has_times() ? clock_.seconds_by_arrival(read_at_)
                                                : clock_.seconds(frame_->best_effort_timestamp);
}

/// Jumps, for the next call of `decode`.
bool FfmpegSource::jump(double time) {
  const bool jumped = time > 0 ? input_->seek(clock_.stamp_at(time)) : input_->rewind();
  if (jumped) {
    decoder_->flush();
    trial_ = {trial_.running};
    again_.clear();
    source_broke_ = false;
    last_error_.reset();
    clock_.jumped();
    seen_key_ = false;
    to_key_ = true;
  }
  return jumped;
}

/// The first frame after a jump to the key frame before `from`. Some formats find only a later key
/// frame: then it jumps to earlier times.
Result<bool> FfmpegSource::decode_from(double from) {
  for (double back = 0; clock_.has_start(); back = 2 * back + 2) {
    const double target = std::max(0.0, from - back);
    if (!jump(target)) {
      break;
    }
    auto decoded = decode();
    const bool early = decoded && *decoded && seconds_ <= from + kRounding;
    if (early || target <= 0 || input_->guard().interrupted()) {
      return decoded;
    }
  }
  return decode();  // from the beginning
}

/// The next frame from VideoOptions::from to `to`.
Result<bool> FfmpegSource::decode_wanted() {
  auto decoded = !started_ && options_.from > 0 ? decode_from(options_.from) : decode();
  started_ = true;
  while (decoded && *decoded && seconds_ < options_.from - kRounding) {
    decoded = decode();
  }
  if (decoded && *decoded && options_.to > 0 && seconds_ >= options_.to - kRounding) {
    return false;
  }
  return decoded;
}

Result<FrameView> FfmpegSource::shown() {
  if (std::int64_t{frame_->width} * frame_->height > options_.max_pixels) {
    return base::fail(ErrorCode::kTooLarge, "{}: a frame of {} x {} pixels; at most {} are allowed",
                      input_->name(), frame_->width, frame_->height, options_.max_pixels);
  }
  if (!is_on_gpu(*frame_)) {
    info_.device = "cpu";  // also of a stream whose format has changed
  }
  if (!can_show(*frame_)) {
    return base::fail(ErrorCode::kUnsupported,
                      "{}: {} gives frames in a format or with a cropping that isn't supported",
                      input_->name(), info_.device);
  }
  auto view = planes_.view(*frame_);
  if (!view) {
    return base::fail(view.error().code, "{}: {}", input_->name(), view.error().message);
  }
  view->orientation = orientation_of(*frame_, input_->stream());
  return FrameView{*view, is_on_gpu(*frame_), seconds_, read_at_};
}

Result<std::optional<FrameView>> FfmpegSource::next() {
  if (!ended_) {
    auto decoded = decode_wanted();
    if (decoded && *decoded) {
      auto view = shown();
      if (view) {
        ++given_;
        return std::optional<FrameView>(*view);
      }
      decoded = tl::unexpected(std::move(view.error()));
    }
    if (!decoded && given_ > 0 && decoded.error().code != ErrorCode::kCancelled) {
      decoded.error().message += fmt::format(" (after {} frames)", given_);
    }
    ended_ = std::move(decoded);
  }
  if (input_->guard().interrupted()) {
    return base::fail(ErrorCode::kCancelled, "{}: interrupted", input_->name());
  }
  if (!*ended_) {
    return tl::unexpected(ended_->error());
  }
  return std::optional<FrameView>();
}

}  // namespace

Result<std::unique_ptr<Source>> open_source(const std::string& source, const VideoOptions& options,
                                            const GpuContext* gpu) {
  auto address = parse_address(source);
  if (!address) {
    return tl::unexpected(std::move(address.error()));
  }
  auto input = Input::open(std::move(*address), options);
  if (!input) {
    return tl::unexpected(std::move(input.error()));
  }
  if ((*input)->live() && options.from > 0) {
    return base::fail(ErrorCode::kInvalidArgument,
                      "{}: VideoOptions::from is {}; a live source can't skip: it must be 0",
                      (*input)->name(), options.from);
  }
  const auto open_decoder = [&, &input = **input](const GpuContext* where) {
    return Decoder::open(input.stream(), input.name(), options, input.live(), where);
  };
  auto decoder = open_decoder(gpu);
  const bool on_gpu = gpu != nullptr && decoder;
  if (gpu != nullptr && !decoder) {
    decoder = open_decoder(nullptr);
  }
  if (!decoder) {
    return tl::unexpected(std::move(decoder.error()));
  }
  return std::make_unique<FfmpegSource>(std::move(*input), std::move(*decoder), options, on_gpu);
}

}  // namespace yolofleet::video::ffmpeg
