#pragma once

#include <string>

#include "video/ffmpeg/input_format.hpp"
#include "yolofleet/error.hpp"

namespace yolofleet::video::ffmpeg {

/// The file of the libavdevice that belongs to our libavformat.
std::string camera_library();

/// The demuxer that reads cameras, from FFmpeg's libavdevice. The library is loaded only now: it
/// brings many others with it. Errors: kNotFound, naming its package; kUnsupported (libavdevice
/// has no such demuxer).
Result<InputFormat*> camera_format(const std::string& library = camera_library());

}  // namespace yolofleet::video::ffmpeg
