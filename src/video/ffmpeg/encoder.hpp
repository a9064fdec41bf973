#pragma once

#include "video/ffmpeg/handles.hpp"
#include "video/module.hpp"

namespace yolofleet::video::ffmpeg {

/// The unit of the time stamps in a file.
AVRational time_base_of(const SinkOptions& options) noexcept;

/// Opens an encoder for 4:2:0 with the size rounded up to even numbers: H.264, or MPEG-4 if FFmpeg
/// has no encoder of H.264. It has one thread and gives each frame at once, in order.
/// `global_header`: the codec's header stands only in the file's. Errors: kUnsupported.
Result<CodecContext> open_encoder(const SinkOptions& options, bool global_header);

}  // namespace yolofleet::video::ffmpeg
