#include "video/ffmpeg/frame_planes.hpp"

extern "C" {
#include <libavutil/pixdesc.h>
}

#include <cstddef>
#include <new>
#include <optional>
#include <utility>

#include "base/fail.hpp"
#include "video/ffmpeg/frame_format.hpp"

namespace yolofleet::video::ffmpeg {
namespace {

std::string name_of(const AVFrame& frame) {
  const char* const name = av_get_pix_fmt_name(pixel_format(frame));
  return name == nullptr ? "unknown" : name;
}

bool is_rgb(const AVFrame& frame) noexcept {
  const AVPixFmtDescriptor* const format = av_pix_fmt_desc_get(pixel_format(frame));
  return format != nullptr && (format->flags & (AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL)) != 0;
}

/// Rows may lie from the bottom to the top.
bool is_upside_down(const AVFrame& frame) noexcept {
  return frame.linesize[0] < 0 || frame.linesize[1] < 0 || frame.linesize[2] < 0;
}

/// The format that a frame is converted to.
AVPixelFormat nearest(const AVFrame& frame) noexcept {
  const AVPixFmtDescriptor* const format = av_pix_fmt_desc_get(pixel_format(frame));
  if (is_rgb(frame)) {
    return AV_PIX_FMT_YUV444P;
  }
  if (format->nb_components < 3) {
    return AV_PIX_FMT_GRAY8;
  }
  return format->log2_chroma_w == 1 ? AV_PIX_FMT_YUV422P : AV_PIX_FMT_YUV444P;
}

int swscale_matrix(YcbcrMatrix matrix) noexcept {
  switch (matrix) {
    case YcbcrMatrix::kBt709:
      return SWS_CS_ITU709;
    case YcbcrMatrix::kBt2020:
      return SWS_CS_BT2020;
    case YcbcrMatrix::kBt601:
      break;
  }
  return SWS_CS_ITU601;
}

/// A frame for the converted samples.
Frame make_converted(const AVFrame& frame) {
  Frame made = make_frame();
  made->format = nearest(frame);
  made->width = frame.width;
  made->height = frame.height;
  if (av_frame_get_buffer(made.get(), 0) < 0) {
    throw std::bad_alloc();
  }
  return made;
}

PlanesView view_of(const AVFrame& frame, const PlaneFormat& format) noexcept {
  PlanesView view;
  view.width = frame.width;
  view.height = frame.height;
  view.format = format;
  const std::size_t count =
      format.subsampling == Subsampling::kGrey ? 1 : (format.interleaved ? 2 : 3);
  for (std::size_t plane = 0; plane < count; ++plane) {
    view.planes[plane] = frame.data[plane];
    view.strides[plane] = static_cast<std::size_t>(frame.linesize[plane]);
  }
  if (format.interleaved) {
    view.planes[2] = view.planes[1] + (format.bits > 8 ? 2 : 1);
    view.strides[2] = view.strides[1];
  }
  return view;
}

}  // namespace

Result<const AVFrame*> FramePlanes::converted(const AVFrame& frame, YcbcrMatrix matrix,
                                              YcbcrRange range) {
  constexpr int kFlags = SWS_BILINEAR | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT | SWS_FULL_CHR_H_INP;
  if (sws_isSupportedInput(pixel_format(frame)) != 0) {
    scaler_.reset(sws_getCachedContext(scaler_.release(), frame.width, frame.height,
                                       pixel_format(frame), frame.width, frame.height,
                                       nearest(frame), kFlags, nullptr, nullptr, nullptr));
  } else {
    scaler_.reset();
  }
  if (!scaler_) {
    return base::fail(ErrorCode::kUnsupported, "pixels of the format {} can't be converted",
                      name_of(frame));
  }
  if (!converted_ || converted_->width != frame.width || converted_->height != frame.height ||
      converted_->format != nearest(frame)) {
    converted_ = make_converted(frame);
  }
  const int* const factors = sws_getCoefficients(swscale_matrix(matrix));
  const int full = range == YcbcrRange::kFull ? 1 : 0;
  sws_setColorspaceDetails(scaler_.get(), factors, full, factors, full, 0, 1 << 16, 1 << 16);
  sws_scale(scaler_.get(), frame.data, frame.linesize, 0, frame.height, converted_->data,
            converted_->linesize);
  return converted_.get();
}

Result<PlanesView> FramePlanes::view(const AVFrame& frame) {
  const bool rgb = is_rgb(frame);
  const std::optional<YcbcrMatrix> matrix = rgb ? YcbcrMatrix::kBt601 : matrix_of(frame);
  if (!matrix) {
    const char* const name = av_color_space_name(frame.colorspace);
    return base::fail(ErrorCode::kUnsupported,
                      "colours with the matrix {} aren't supported; BT.601, BT.709 and BT.2020 are",
                      name == nullptr ? "unknown" : name);
  }
  const YcbcrRange range = rgb ? YcbcrRange::kFull : range_of(frame);
  const AVFrame* shown = &frame;
  if (!layout_of(pixel_format(frame)) || is_upside_down(frame)) {
    auto made = converted(frame, *matrix, range);
    if (!made) {
      return tl::unexpected(std::move(made.error()));
    }
    shown = *made;
  }
  PlaneFormat format = layout_of(pixel_format(*shown)).value();
  format.matrix = *matrix;
  format.range = range;
  return view_of(*shown, format);
}

}  // namespace yolofleet::video::ffmpeg
