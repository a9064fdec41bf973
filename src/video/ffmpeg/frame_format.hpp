#pragma once

#include <optional>

#include "video/ffmpeg/handles.hpp"
#include "yolofleet/planes.hpp"

namespace yolofleet::video::ffmpeg {

/// The format of a frame's pixels, wherever they lie.
AVPixelFormat pixel_format(const AVFrame& frame) noexcept;

/// The layout of a pixel format's samples, as PlaneFormat describes it (its matrix and range stay
/// the defaults). Nothing for a format that isn't planes of luma and chroma: RGB, packed formats,
/// palettes, 4:1:1, big-endian samples, memory of a GPU. Alpha is ignored.
std::optional<PlaneFormat> layout_of(AVPixelFormat format) noexcept;

/// The matrix that a frame names. A frame that names none has, by the rule of mpv
/// (mp_csp_guess_colorspace), BT.709 if it is at least 1280 wide or over 576 high, else BT.601.
/// FCC is taken as BT.601 and SMPTE 240M as BT.709, which are within 1 % of them. Nothing for a
/// matrix of another kind: YCgCo, ICtCp.
std::optional<YcbcrMatrix> matrix_of(const AVFrame& frame) noexcept;

/// The range that a frame names. A frame that names none has the limited range, but grey has the
/// full one: FFmpeg's own rules (libswscale).
YcbcrRange range_of(const AVFrame& frame) noexcept;

}  // namespace yolofleet::video::ffmpeg
