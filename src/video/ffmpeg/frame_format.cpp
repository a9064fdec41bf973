#include "video/ffmpeg/frame_format.hpp"

extern "C" {
#include <libavutil/hwcontext.h>
#include <libavutil/pixdesc.h>
}

namespace yolofleet::video::ffmpeg {
namespace {

std::optional<Subsampling> subsampling_of(const AVPixFmtDescriptor& format) noexcept {
  if (format.nb_components < 3) {
    return Subsampling::kGrey;
  }
  const bool columns = format.log2_chroma_w == 1;
  const bool rows = format.log2_chroma_h == 1;
  if (format.log2_chroma_w > 1 || format.log2_chroma_h > 1) {
    return std::nullopt;
  }
  if (columns) {
    return rows ? Subsampling::k420 : Subsampling::k422;
  }
  return rows ? Subsampling::k440 : Subsampling::k444;
}

/// Whether a component has its own samples of `bytes`, one every `step` bytes.
bool lies(const AVComponentDescriptor& component, int plane, int step, int offset) noexcept {
  return component.plane == plane && component.step == step && component.offset == offset;
}

/// Luma, and chroma in one or two planes. Sets PlaneFormat::interleaved.
bool has_planes(const AVPixFmtDescriptor& format, int bytes, PlaneFormat& layout) noexcept {
  if (!lies(format.comp[0], 0, bytes, 0)) {
    return false;
  }
  if (layout.subsampling == Subsampling::kGrey) {
    return true;
  }
  layout.interleaved =
      lies(format.comp[1], 1, 2 * bytes, 0) && lies(format.comp[2], 1, 2 * bytes, bytes);
  return layout.interleaved ||
         (lies(format.comp[1], 1, bytes, 0) && lies(format.comp[2], 2, bytes, 0));
}

bool is_grey(AVPixelFormat format) noexcept {
  const AVPixFmtDescriptor* const description = av_pix_fmt_desc_get(format);
  return description != nullptr && description->nb_components < 3 &&
         (description->flags & AV_PIX_FMT_FLAG_RGB) == 0;
}

}  // namespace

AVPixelFormat pixel_format(const AVFrame& frame) noexcept {
  return frame.hw_frames_ctx == nullptr
             ? static_cast<AVPixelFormat>(frame.format)
             : reinterpret_cast<const AVHWFramesContext*>(frame.hw_frames_ctx->data)->sw_format;
}

std::optional<PlaneFormat> layout_of(AVPixelFormat format) noexcept {
  const AVPixFmtDescriptor* const description = av_pix_fmt_desc_get(format);
  constexpr auto kOther = AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_BITSTREAM |
                          AV_PIX_FMT_FLAG_HWACCEL | AV_PIX_FMT_FLAG_BE | AV_PIX_FMT_FLAG_BAYER |
                          AV_PIX_FMT_FLAG_FLOAT;
  if (description == nullptr || (description->flags & kOther) != 0 ||
      description->nb_components < 1) {
    return std::nullopt;
  }
  // P010 has its 10 bits at the top of 16.
  const AVComponentDescriptor& luma = description->comp[0];
  const int bits = luma.depth + luma.shift;
  const auto subsampling = subsampling_of(*description);
  if (!subsampling || bits < 8 || bits > 16 || (luma.shift != 0 && bits != 16)) {
    return std::nullopt;
  }
  PlaneFormat layout;
  layout.subsampling = *subsampling;
  layout.bits = bits;
  if (!has_planes(*description, bits > 8 ? 2 : 1, layout)) {
    return std::nullopt;
  }
  return layout;
}

std::optional<YcbcrMatrix> matrix_of(const AVFrame& frame) noexcept {
  if (is_grey(pixel_format(frame))) {
    return YcbcrMatrix::kBt601;  // luma is the same in all
  }
  switch (frame.colorspace) {
    case AVCOL_SPC_BT709:
    case AVCOL_SPC_SMPTE240M:
      return YcbcrMatrix::kBt709;
    case AVCOL_SPC_FCC:
    case AVCOL_SPC_BT470BG:
    case AVCOL_SPC_SMPTE170M:
      return YcbcrMatrix::kBt601;
    case AVCOL_SPC_BT2020_NCL:
    case AVCOL_SPC_BT2020_CL:
      return YcbcrMatrix::kBt2020;
    case AVCOL_SPC_UNSPECIFIED:
    case AVCOL_SPC_RESERVED:
      return frame.width >= 1280 || frame.height > 576 ? YcbcrMatrix::kBt709 : YcbcrMatrix::kBt601;
    default:
      return std::nullopt;
  }
}

YcbcrRange range_of(const AVFrame& frame) noexcept {
  switch (pixel_format(frame)) {
    case AV_PIX_FMT_YUVJ420P:
    case AV_PIX_FMT_YUVJ422P:
    case AV_PIX_FMT_YUVJ440P:
    case AV_PIX_FMT_YUVJ444P:
      return YcbcrRange::kFull;
    default:
      break;
  }
  if (frame.color_range == AVCOL_RANGE_UNSPECIFIED) {
    return is_grey(pixel_format(frame)) ? YcbcrRange::kFull : YcbcrRange::kLimited;
  }
  return frame.color_range == AVCOL_RANGE_JPEG ? YcbcrRange::kFull : YcbcrRange::kLimited;
}

}  // namespace yolofleet::video::ffmpeg
