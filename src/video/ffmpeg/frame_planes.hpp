#pragma once

#include <string>

#include "video/ffmpeg/handles.hpp"
#include "yolofleet/error.hpp"
#include "yolofleet/planes.hpp"

namespace yolofleet::video::ffmpeg {

/// Shows FFmpeg's frames as planes. Frames in planes stay as they are. Others are converted: RGB
/// and palettes to 4:4:4 of 8 bits with BT.601 in the full range, other layouts of luma and chroma
/// to 4:2:2 if their chroma has half the columns, else to 4:4:4, of 8 bits with the same matrix and
/// range. Not thread-safe.
class FramePlanes {
 public:
  /// The planes of a frame, without its orientation. They are valid until the next call, and as
  /// long as the frame is. Errors, without the source's name: kUnsupported (the matrix or the pixel
  /// format).
  Result<PlanesView> view(const AVFrame& frame);

 private:
  Result<const AVFrame*> converted(const AVFrame& frame, YcbcrMatrix matrix, YcbcrRange range);

  Frame converted_;
  Scaler scaler_;
};

}  // namespace yolofleet::video::ffmpeg
