#include "video/ffmpeg/encoder_input.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <new>

namespace yolofleet::video::ffmpeg {
namespace {

AVPixelFormat pixel_format(PixelFormat format) noexcept {
  switch (format) {
    case PixelFormat::kBgr:
      return AV_PIX_FMT_BGR24;
    case PixelFormat::kGrey:
      return AV_PIX_FMT_GRAY8;
    case PixelFormat::kRgb:
      break;
  }
  return AV_PIX_FMT_RGB24;
}

}  // namespace

EncoderInput::EncoderInput(const AVCodecContext& encoder)
    : encoder_(encoder), frame_(make_frame()) {
  frame_->format = encoder.pix_fmt;
  frame_->width = encoder.width;
  frame_->height = encoder.height;
  frame_->colorspace = encoder.colorspace;
  frame_->color_range = encoder.color_range;
  if (av_frame_get_buffer(frame_.get(), 0) < 0) {
    throw std::bad_alloc();
  }
}

ImageView EncoderInput::padded(const ImageView& picture) {
  if (picture.width == encoder_.width && picture.height == encoder_.height) {
    return picture;
  }
  const auto pixel = static_cast<std::size_t>(channels(picture.format));
  const std::size_t stride = pixel * static_cast<std::size_t>(encoder_.width);
  padded_.resize(stride * static_cast<std::size_t>(encoder_.height));
  for (int y = 0; y < encoder_.height; ++y) {
    const int from_y = std::min(y, picture.height - 1);
    const std::uint8_t* const from =
        picture.data + static_cast<std::size_t>(from_y) * picture.stride;
    std::uint8_t* const to = padded_.data() + static_cast<std::size_t>(y) * stride;
    std::uint8_t* const end = std::copy_n(from, row_bytes(picture), to);
    if (picture.width < encoder_.width) {
      std::copy_n(end - pixel, pixel, end);
    }
  }
  return {padded_.data(), encoder_.width, encoder_.height, stride, picture.format};
}

AVFrame& EncoderInput::frame_of(const ImageView& picture) {
  const ImageView view = padded(picture);
  // The encoder may still have the last frame.
  if (av_frame_make_writable(frame_.get()) < 0) {
    throw std::bad_alloc();
  }
  scaler_.reset(sws_getCachedContext(scaler_.release(), view.width, view.height,
                                     pixel_format(view.format), encoder_.width, encoder_.height,
                                     encoder_.pix_fmt, SWS_BILINEAR | SWS_ACCURATE_RND, nullptr,
                                     nullptr, nullptr));
  allocated(scaler_.get());
  const int* const factors =
      sws_getCoefficients(encoder_.colorspace == AVCOL_SPC_BT709 ? SWS_CS_ITU709 : SWS_CS_ITU601);
  sws_setColorspaceDetails(scaler_.get(), factors, 1, factors, 0, 0, 1 << 16, 1 << 16);
  const std::array<const std::uint8_t*, 4> rows{view.data};
  const std::array<int, 4> strides{static_cast<int>(view.stride)};
  sws_scale(scaler_.get(), rows.data(), strides.data(), 0, view.height, frame_->data,
            frame_->linesize);
  return *frame_;
}

}  // namespace yolofleet::video::ffmpeg
