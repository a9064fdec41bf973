#include "video/ffmpeg/sink.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>

#include "base/fail.hpp"
#include "video/ffmpeg/encoder.hpp"
#include "video/ffmpeg/encoder_input.hpp"
#include "video/ffmpeg/file_bytes.hpp"
#include "video/ffmpeg/log.hpp"

namespace yolofleet::video::ffmpeg {
namespace {

const char* muxer_of(Container container) noexcept {
  switch (container) {
    case Container::kMatroska:
      return "matroska";
    case Container::kAvi:
      return "avi";
    case Container::kMp4:
      break;
  }
  return "mp4";
}

struct FreeFormat {
  void operator()(AVFormatContext* format) const noexcept { avformat_free_context(format); }
};

class FfmpegSink final : public Sink {
 public:
  explicit FfmpegSink(const SinkOptions& options) : options_(options), bytes_(options.descriptor) {}

  Result<void> open();
  Result<void> write(const ImageView& frame, double seconds) override;
  Result<void> finish() override;

 private:
  /// Gives the encoder a frame, null for the end, and writes the packets that it has.
  Result<void> encode(const AVFrame* frame);
  /// The error of a call of FFmpeg, and of the file.
  Result<void> checked(int error);

  SinkOptions options_;
  FileBytes bytes_;
  std::unique_ptr<AVFormatContext, FreeFormat> format_;
  CodecContext encoder_;
  std::unique_ptr<EncoderInput> input_;
  AVStream* stream_ = nullptr;
  Packet packet_ = make_packet();
  std::int64_t last_ = std::numeric_limits<std::int64_t>::min();  // time stamp
};

Result<void> FfmpegSink::checked(int error) {
  const int of_file = bytes_.error();
  if (of_file == 0 && error >= 0) {
    return {};
  }
  if (of_file != 0) {
    forget_log();  // the system's reason: «No space left on device»
  }
  return base::fail(ErrorCode::kIo, "{}: can't be written: {}", options_.name,
                    reason_of(of_file != 0 ? of_file : error));
}

Result<void> FfmpegSink::open() {
  AVFormatContext* format = nullptr;
  avformat_alloc_output_context2(&format, nullptr, muxer_of(options_.container), nullptr);
  format_.reset(format);
  if (!format_) {
    return base::fail(ErrorCode::kUnsupported, "{}: FFmpeg can't write {} files", options_.name,
                      muxer_of(options_.container));
  }
  format_->pb = bytes_.context();
  auto encoder = open_encoder(options_, (format_->oformat->flags & AVFMT_GLOBALHEADER) != 0);
  if (!encoder) {
    return tl::unexpected(std::move(encoder.error()));
  }
  encoder_ = std::move(*encoder);
  input_ = std::make_unique<EncoderInput>(*encoder_);
  stream_ = allocated(avformat_new_stream(format_.get(), nullptr));
  stream_->time_base = encoder_->time_base;
  stream_->avg_frame_rate = encoder_->framerate;
  stream_->sample_aspect_ratio = encoder_->sample_aspect_ratio;
  if (avcodec_parameters_from_context(stream_->codecpar, encoder_.get()) < 0) {
    throw std::bad_alloc();
  }
  forget_log();
  return checked(avformat_write_header(format_.get(), nullptr));
}

Result<void> FfmpegSink::encode(const AVFrame* frame) {
  forget_log();
  int error = avcodec_send_frame(encoder_.get(), frame);
  while (error >= 0) {
    error = avcodec_receive_packet(encoder_.get(), packet_.get());
    if (error < 0) {
      break;
    }
    packet_->stream_index = stream_->index;
    packet_->duration = std::max<std::int64_t>(
        1, av_rescale_q(1, av_inv_q(encoder_->framerate), encoder_->time_base));
    av_packet_rescale_ts(packet_.get(), encoder_->time_base, stream_->time_base);
    error = av_write_frame(format_.get(), packet_.get());
    av_packet_unref(packet_.get());
  }
  return checked(error == AVERROR(EAGAIN) || error == AVERROR_EOF ? 0 : error);
}

Result<void> FfmpegSink::write(const ImageView& picture, double seconds) {
  AVFrame& frame = input_->frame_of(picture);
  const double units = seconds / av_q2d(encoder_->time_base);
  // Two frames may round to the same time.
  last_ = std::max(static_cast<std::int64_t>(std::llround(units)), last_ + 1);
  frame.pts = last_;
  return encode(&frame);
}

Result<void> FfmpegSink::finish() {
  if (auto encoded = encode(nullptr); !encoded) {
    return encoded;
  }
  return checked(av_write_trailer(format_.get()));
}

}  // namespace

Result<std::unique_ptr<Sink>> open_sink(const SinkOptions& options) {
  auto sink = std::make_unique<FfmpegSink>(options);
  if (auto opened = sink->open(); !opened) {
    return tl::unexpected(std::move(opened.error()));
  }
  return sink;
}

}  // namespace yolofleet::video::ffmpeg
