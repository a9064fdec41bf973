#pragma once

#include <memory>
#include <string>

#include "video/module.hpp"

namespace yolofleet::video::ffmpeg {

/// As VideoReader::open. Decodes on a GPU what that can, if `gpu` isn't null.
Result<std::unique_ptr<Source>> open_source(const std::string& source, const VideoOptions& options,
                                            const GpuContext* gpu);

}  // namespace yolofleet::video::ffmpeg
