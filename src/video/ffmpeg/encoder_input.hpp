#pragma once

#include <cstdint>
#include <vector>

#include "video/ffmpeg/handles.hpp"
#include "yolofleet/image.hpp"

namespace yolofleet::video::ffmpeg {

/// Converts pictures to the frames that an encoder takes. Not thread-safe.
class EncoderInput {
 public:
  /// `encoder` must outlive this object; its size is even.
  explicit EncoderInput(const AVCodecContext& encoder);

  /// The frame for a picture whose sides are those of the encoder, or one less: then its last
  /// column or row is repeated. It is valid until the next call. Precondition: a valid view.
  AVFrame& frame_of(const ImageView& picture);

 private:
  ImageView padded(const ImageView& picture);

  const AVCodecContext& encoder_;
  Frame frame_;
  Scaler scaler_;
  std::vector<std::uint8_t> padded_;
};

}  // namespace yolofleet::video::ffmpeg
