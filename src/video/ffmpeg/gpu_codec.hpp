#pragma once

#include "video/ffmpeg/handles.hpp"
#include "video/module.hpp"

namespace yolofleet::video::ffmpeg {

/// The decoder of a codec that libavcodec's CUDA acceleration (NVDEC) can help; null if none can.
const AVCodec* find_gpu_decoder(AVCodecID codec) noexcept;

/// Has a decoder of find_gpu_decoder decode on the GPU. Call it before avcodec_open2. If the GPU
/// can't decode the stream, the codec's frames lie in the host's memory, or it gives none. Returns
/// FFmpeg's error number.
int use_gpu(AVCodecContext& codec, const GpuContext& gpu);

/// Whether a frame lies in a GPU's memory.
bool is_on_gpu(const AVFrame& frame) noexcept;

}  // namespace yolofleet::video::ffmpeg
