#pragma once

#include <memory>
#include <string>

#include "video/gpu_frames.hpp"
#include "yolofleet/video.hpp"

namespace yolofleet::video {

/// Checks that the options are in their ranges; VideoOptions::device isn't looked at. Errors:
/// kInvalidArgument.
Result<void> check(const VideoOptions& options);

/// VideoReader::open, with the GPU that decodes; null: the CPU does. Precondition: `check`.
Result<std::unique_ptr<VideoReader>> open_reader(const std::string& source,
                                                 const VideoOptions& options,
                                                 std::unique_ptr<GpuFrames> gpu);

}  // namespace yolofleet::video
