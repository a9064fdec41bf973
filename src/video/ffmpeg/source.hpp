#pragma once

#include <memory>
#include <string>

#include "video/module.hpp"

namespace yolofleet::video::ffmpeg {

/// As VideoReader::open.
Result<std::unique_ptr<Source>> open_source(const std::string& source, const VideoOptions& options);

}  // namespace yolofleet::video::ffmpeg
