#pragma once

#include <memory>

#include "backend/tensorrt/cuda_device.hpp"
#include "video/gpu_frames.hpp"
#include "yolofleet/error.hpp"

namespace yolofleet::backend::tensorrt {

/// Whether the driver has its library of video decoding (NVDEC).
bool has_video_decoder();

/// Implements Device::make_video_frames. The GPU is current for the calling thread afterwards.
Result<std::unique_ptr<video::GpuFrames>> make_video_frames(const CudaDevice& card);

}  // namespace yolofleet::backend::tensorrt
