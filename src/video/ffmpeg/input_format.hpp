#pragma once

#include <type_traits>

#include "video/ffmpeg/handles.hpp"

namespace yolofleet::video::ffmpeg {

/// A demuxer: constant from FFmpeg 5 on.
using InputFormat = std::remove_pointer_t<decltype(av_find_input_format(""))>;

}  // namespace yolofleet::video::ffmpeg
