#pragma once

#include "video/ffmpeg/handles.hpp"

namespace yolofleet::video::ffmpeg {

/// The orientation, 1 to 8 as in PlanesView, of a display matrix: 9 numbers, as FFmpeg's display.h
/// has them. Angles between right ones become the nearest of them.
int orientation_of(const std::int32_t* matrix) noexcept;

/// The orientation of a frame: its own display matrix, else its stream's; 1 without either.
int orientation_of(const AVFrame& frame, const AVStream& stream) noexcept;
int orientation_of(const AVStream& stream) noexcept;

}  // namespace yolofleet::video::ffmpeg
