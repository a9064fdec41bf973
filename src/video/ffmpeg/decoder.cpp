#include "video/ffmpeg/decoder.hpp"

#include <algorithm>
#include <array>

#include "base/fail.hpp"
#include "video/ffmpeg/gpu_codec.hpp"
#include "video/ffmpeg/log.hpp"

namespace yolofleet::video::ffmpeg {
namespace {

/// "h264", or the four characters by which the file names a codec that FFmpeg doesn't know.
std::string codec_name(const AVCodecParameters& codec) {
  if (codec.codec_id != AV_CODEC_ID_NONE) {
    return avcodec_get_name(codec.codec_id);
  }
  if (codec.codec_tag == 0) {
    return "an unknown one";
  }
  std::array<char, AV_FOURCC_MAX_STRING_SIZE> letters{};
  return av_fourcc_make_string(letters.data(), codec.codec_tag);
}

bool is_encrypted(const AVStream& stream) noexcept {
  return stream.codecpar->codec_tag == MKTAG('e', 'n', 'c', 'v');
}

Result<void> check(const AVCodecParameters& codec, const std::string& name,
                   std::int64_t max_pixels) {
  const std::int64_t pixels = std::int64_t{codec.width} * codec.height;
  if (pixels > max_pixels) {
    return base::fail(ErrorCode::kTooLarge, "{}: {} x {} pixels; at most {} are allowed", name,
                      codec.width, codec.height, max_pixels);
  }
  return {};
}

/// Threads that keep a GPU at work on the next frames while it waits for the first of them to be
/// done: each takes memory for one more frame, of which some GPUs have only 32.
constexpr int kGpuThreads = 4;

/// Has FFmpeg call `get_buffer2` and `get_format` from the codec's threads. FFmpeg 6 always does
/// so. Before it, the thread that sends packets calls them, and waits for the codec's threads to
/// ask, unless both are said to be thread-safe.
void call_from_threads(AVCodecContext& context) noexcept {
#if LIBAVCODEC_VERSION_MAJOR < 60
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
  context.thread_safe_callbacks = 1;
#pragma GCC diagnostic pop
#else
  static_cast<void>(context);
#endif
}

}  // namespace

Result<std::unique_ptr<Decoder>> Decoder::open(const AVStream& stream, const std::string& name,
                                               const VideoOptions& options, bool live,
                                               const GpuContext* gpu) {
  const AVCodecParameters& parameters = *stream.codecpar;
  if (is_encrypted(stream)) {
    return base::fail(ErrorCode::kUnsupported, "{}: is encrypted", name);
  }
  const AVCodec* const codec = gpu == nullptr ? avcodec_find_decoder(parameters.codec_id)
                                              : find_gpu_decoder(parameters.codec_id);
  if (codec == nullptr) {
    return base::fail(ErrorCode::kUnsupported, "{}: FFmpeg has no decoder for its codec, {}", name,
                      codec_name(parameters));
  }
  if (auto checked = check(parameters, name, options.max_pixels); !checked) {
    return tl::unexpected(std::move(checked.error()));
  }
  std::unique_ptr<Decoder> decoder(new Decoder());
  decoder->limit_.pixels = options.max_pixels;
  decoder->codec_.reset(allocated(avcodec_alloc_context3(codec)));
  AVCodecContext& context = *decoder->codec_;
  forget_log();
  if (gpu != nullptr && use_gpu(context, *gpu) < 0) {
    return base::fail(ErrorCode::kDevice, "{}: FFmpeg can't use {}", name, options.device);
  }
  int error = avcodec_parameters_to_context(&context, &parameters);
  context.pkt_timebase = stream.time_base;
  context.thread_count = gpu == nullptr ? options.threads : kGpuThreads;
  // Threads that decode whole frames give each frame later.
  context.thread_type = live ? FF_THREAD_SLICE : FF_THREAD_FRAME | FF_THREAD_SLICE;
  context.opaque = &decoder->limit_;
  context.get_buffer2 = take_memory;
  call_from_threads(context);
  error = error < 0 ? error : avcodec_open2(&context, codec, nullptr);
  if (error < 0) {
    return base::fail(ErrorCode::kMalformed, "{}: its codec, {}, can't be opened: {}", name,
                      codec_name(parameters), reason_of(error));
  }
  return decoder;
}

/// FFmpeg calls it from the codec's threads. Thread-safe.
int Decoder::take_memory(AVCodecContext* codec, AVFrame* frame, int flags) {
  auto* const limit = static_cast<Limit*>(codec->opaque);
  if (std::int64_t{codec->width} * codec->height > limit->pixels) {
    limit->exceeded = true;
    return AVERROR(ENOMEM);
  }
  return avcodec_default_get_buffer2(codec, frame, flags);
}

int Decoder::send(const AVPacket* packet, Time read_at) {
  constexpr std::size_t kMost = 256;  // packets that a codec may hold, several times over
  if (packet != nullptr) {
    last_read_ = read_at;
    read_times_.emplace_back(packet->pts, read_at);
    if (read_times_.size() > kMost) {
      read_times_.pop_front();
    }
  }
  forget_log();
  return avcodec_send_packet(codec_.get(), packet);
}

int Decoder::receive(AVFrame& frame) {
  return avcodec_receive_frame(codec_.get(), &frame);
}

Time Decoder::read_at(const AVFrame& frame) {
  const auto found =
      std::ranges::find(read_times_, frame.pts, &std::pair<std::int64_t, Time>::first);
  const Time time = found == read_times_.end() ? last_read_ : found->second;
  std::erase_if(read_times_, [&](const auto& entry) { return entry.first <= frame.pts; });
  return time;
}

void Decoder::flush() {
  avcodec_flush_buffers(codec_.get());
  read_times_.clear();
}

}  // namespace yolofleet::video::ffmpeg
