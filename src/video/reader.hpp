#pragma once

#include <memory>
#include <string>

#include "video/gpu_frames.hpp"
#include "yolofleet/video.hpp"

namespace yolofleet::video {

/// VideoReader::open, with the GPU that decodes; null: the CPU does.
Result<std::unique_ptr<VideoReader>> open_reader(const std::string& source,
                                                 const VideoOptions& options,
                                                 std::unique_ptr<GpuFrames> gpu);

}  // namespace yolofleet::video
