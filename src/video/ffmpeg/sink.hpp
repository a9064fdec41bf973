#pragma once

#include <memory>

#include "video/module.hpp"

namespace yolofleet::video::ffmpeg {

/// As Module::open_sink.
Result<std::unique_ptr<Sink>> open_sink(const SinkOptions& options);

}  // namespace yolofleet::video::ffmpeg
