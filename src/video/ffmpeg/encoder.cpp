#include "video/ffmpeg/encoder.hpp"

extern "C" {
#include <libavutil/opt.h>
}

#include <array>
#include <utility>

#include "base/fail.hpp"
#include "video/ffmpeg/log.hpp"

namespace yolofleet::video::ffmpeg {
namespace {

constexpr int kMostUnits = 60'000;  // in a second: MPEG-4 has 16 bits for them

/// Those that run on any CPU, the best first.
constexpr std::array kEncoders{"libx264", "libopenh264", "mpeg4"};

AVRational frame_rate_of(const SinkOptions& options) noexcept {
  return av_d2q(options.frame_rate, kMostUnits);
}

/// BT.709 in the sizes for which readers guess it (frame_format.hpp), where nothing names a matrix.
AVColorSpace colours_of(const SinkOptions& options) noexcept {
  return options.width >= 1280 || options.height > 576 ? AVCOL_SPC_BT709 : AVCOL_SPC_SMPTE170M;
}

void set_quality(AVCodecContext& context) {
  // Options of libx264, unknown to others.
  av_opt_set(context.priv_data, "preset", "veryfast", 0);
  av_opt_set(context.priv_data, "crf", "23", 0);
  if (context.codec_id == AV_CODEC_ID_MPEG4) {
    constexpr int kQuantiser = 4;  // 2 is the best, 31 the worst
    context.flags |= AV_CODEC_FLAG_QSCALE;
    context.global_quality = FF_QP2LAMBDA * kQuantiser;
  }
}

Result<CodecContext> try_encoder(const AVCodec& codec, const SinkOptions& options,
                                 bool global_header) {
  CodecContext context(allocated(avcodec_alloc_context3(&codec)));
  context->width = options.width + options.width % 2;
  context->height = options.height + options.height % 2;
  context->pix_fmt = AV_PIX_FMT_YUV420P;
  context->colorspace = colours_of(options);
  context->color_range = AVCOL_RANGE_MPEG;
  context->sample_aspect_ratio = {1, 1};
  context->time_base = time_base_of(options);
  context->framerate = frame_rate_of(options);
  context->max_b_frames = 0;
  context->thread_count = 1;
  context->flags |= global_header ? AV_CODEC_FLAG_GLOBAL_HEADER : 0;
  set_quality(*context);
  forget_log();
  if (const int error = avcodec_open2(context.get(), &codec, nullptr); error < 0) {
    return base::fail(ErrorCode::kUnsupported, "{}: can't be encoded: {}: {}", options.name,
                      codec.name, reason_of(error));
  }
  return context;
}

}  // namespace

AVRational time_base_of(const SinkOptions& options) noexcept {
  switch (options.container) {
    case Container::kAvi:
      return av_inv_q(frame_rate_of(options));  // it has no time stamps, only a frame rate
    case Container::kMatroska:
      return {1, 1000};
    case Container::kMp4:
      break;
  }
  return {1, kMostUnits};
}

Result<CodecContext> open_encoder(const SinkOptions& options, bool global_header) {
  Result<CodecContext> opened =
      base::fail(ErrorCode::kUnsupported,
                 "{}: can't be encoded: FFmpeg has no encoder for H.264 or MPEG-4", options.name);
  for (const char* const name : kEncoders) {
    const AVCodec* const codec = avcodec_find_encoder_by_name(name);
    if (codec != nullptr) {
      opened = try_encoder(*codec, options, global_header);
    }
    if (opened) {
      break;
    }
  }
  return opened;
}

}  // namespace yolofleet::video::ffmpeg
