#include "video/ffmpeg/gpu_codec.hpp"

// FFmpeg's header needs two types of cuda.h, which a build for CPUs doesn't have.
#define CUDA_VERSION 0
using CUcontext = struct CUctx_st*;
using CUstream = struct CUstream_st*;

extern "C" {
#include <libavutil/hwcontext.h>
#include <libavutil/hwcontext_cuda.h>
#include <libavutil/pixdesc.h>
}

namespace yolofleet::video::ffmpeg {
namespace {

/// Decoders such as h264_cuvid, which do all by themselves, have the method INTERNAL, too: they
/// can't fall back to the CPU, and copy each frame.
bool has_gpu_support(const AVCodec& codec) noexcept {
  constexpr unsigned kMethods =
      AV_CODEC_HW_CONFIG_METHOD_HW_DEVICE_CTX | AV_CODEC_HW_CONFIG_METHOD_INTERNAL;
  for (int i = 0; const AVCodecHWConfig* const config = avcodec_get_hw_config(&codec, i); ++i) {
    if (config->device_type == AV_HWDEVICE_TYPE_CUDA &&
        (static_cast<unsigned>(config->methods) & kMethods) ==
            AV_CODEC_HW_CONFIG_METHOD_HW_DEVICE_CTX) {
      return true;
    }
  }
  return false;
}

/// FFmpeg calls it with the formats that it can give; once the GPU has refused the stream, again
/// without that of the GPU. None is the host's if the decoder can't do without a GPU.
AVPixelFormat choose_format(AVCodecContext* /*codec*/, const AVPixelFormat* formats) {
  AVPixelFormat of_host = AV_PIX_FMT_NONE;
  for (; *formats != AV_PIX_FMT_NONE; ++formats) {
    if (*formats == AV_PIX_FMT_CUDA) {
      return AV_PIX_FMT_CUDA;
    }
    if ((av_pix_fmt_desc_get(*formats)->flags & AV_PIX_FMT_FLAG_HWACCEL) == 0) {
      of_host = *formats;
    }
  }
  return of_host;
}

}  // namespace

const AVCodec* find_gpu_decoder(AVCodecID codec) noexcept {
  void* state = nullptr;
  while (const AVCodec* const candidate = av_codec_iterate(&state)) {
    if (candidate->id == codec && av_codec_is_decoder(candidate) != 0 &&
        has_gpu_support(*candidate)) {
      return candidate;
    }
  }
  return nullptr;
}

int use_gpu(AVCodecContext& codec, const GpuContext& gpu) {
  // The context of the codec owns the reference, also when this fails.
  codec.hw_device_ctx = allocated(av_hwdevice_ctx_alloc(AV_HWDEVICE_TYPE_CUDA));
  auto* const device = reinterpret_cast<AVHWDeviceContext*>(codec.hw_device_ctx->data);
  auto* const cuda = static_cast<AVCUDADeviceContext*>(device->hwctx);
  cuda->cuda_ctx = static_cast<CUcontext>(gpu.context);
  cuda->stream = static_cast<CUstream>(gpu.stream);
  codec.get_format = choose_format;
  return av_hwdevice_ctx_init(codec.hw_device_ctx);
}

bool is_on_gpu(const AVFrame& frame) noexcept {
  return frame.format == AV_PIX_FMT_CUDA;
}

}  // namespace yolofleet::video::ffmpeg
