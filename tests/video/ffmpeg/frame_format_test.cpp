#include "video/ffmpeg/frame_format.hpp"

#include <gtest/gtest.h>

namespace yolofleet::video::ffmpeg {
namespace {

PlaneFormat layout(Subsampling subsampling, int bits = 8, bool interleaved = false) {
  PlaneFormat format;
  format.subsampling = subsampling;
  format.bits = bits;
  format.interleaved = interleaved;
  return format;
}

TEST(FrameFormat, PlanesStayAsTheyAre) {
  EXPECT_EQ(layout_of(AV_PIX_FMT_YUV420P), layout(Subsampling::k420));
  EXPECT_EQ(layout_of(AV_PIX_FMT_YUVJ422P), layout(Subsampling::k422));
  EXPECT_EQ(layout_of(AV_PIX_FMT_YUV440P), layout(Subsampling::k440));
  EXPECT_EQ(layout_of(AV_PIX_FMT_YUVA444P), layout(Subsampling::k444));
  EXPECT_EQ(layout_of(AV_PIX_FMT_GRAY8), layout(Subsampling::kGrey));
  EXPECT_EQ(layout_of(AV_PIX_FMT_GRAY16LE), layout(Subsampling::kGrey, 16));
  EXPECT_EQ(layout_of(AV_PIX_FMT_YUV420P10LE), layout(Subsampling::k420, 10));
  EXPECT_EQ(layout_of(AV_PIX_FMT_YUV444P16LE), layout(Subsampling::k444, 16));
  EXPECT_EQ(layout_of(AV_PIX_FMT_NV12), layout(Subsampling::k420, 8, true));
  EXPECT_EQ(layout_of(AV_PIX_FMT_NV16), layout(Subsampling::k422, 8, true));
  EXPECT_EQ(layout_of(AV_PIX_FMT_NV24), layout(Subsampling::k444, 8, true));
  EXPECT_EQ(layout_of(AV_PIX_FMT_P010LE), layout(Subsampling::k420, 16, true));
  EXPECT_EQ(layout_of(AV_PIX_FMT_P016LE), layout(Subsampling::k420, 16, true));
}

TEST(FrameFormat, OthersAreNoPlanes) {
  for (const AVPixelFormat other :
       {AV_PIX_FMT_NONE, AV_PIX_FMT_RGB24, AV_PIX_FMT_GBRP, AV_PIX_FMT_PAL8, AV_PIX_FMT_MONOBLACK,
        AV_PIX_FMT_YUYV422, AV_PIX_FMT_UYVY422, AV_PIX_FMT_NV21, AV_PIX_FMT_YUV411P,
        AV_PIX_FMT_YUV410P, AV_PIX_FMT_YA8, AV_PIX_FMT_YUV420P10BE, AV_PIX_FMT_P010BE,
        AV_PIX_FMT_CUDA, AV_PIX_FMT_BAYER_RGGB8, AV_PIX_FMT_GRAYF32LE}) {
    EXPECT_FALSE(layout_of(other)) << other;
  }
}

TEST(FrameFormat, EachMatrixHasOneOfOurs) {
  const Frame frame = make_frame();
  frame->format = AV_PIX_FMT_YUV420P;
  const auto matrix = [&](AVColorSpace space) {
    frame->colorspace = space;
    return matrix_of(*frame);
  };
  EXPECT_EQ(matrix(AVCOL_SPC_SMPTE170M), YcbcrMatrix::kBt601);
  EXPECT_EQ(matrix(AVCOL_SPC_FCC), YcbcrMatrix::kBt601);
  EXPECT_EQ(matrix(AVCOL_SPC_SMPTE240M), YcbcrMatrix::kBt709);
  EXPECT_EQ(matrix(AVCOL_SPC_BT2020_CL), YcbcrMatrix::kBt2020);
  EXPECT_FALSE(matrix(AVCOL_SPC_YCGCO));
  EXPECT_FALSE(matrix(AVCOL_SPC_RGB));
  frame->format = AV_PIX_FMT_GRAY8;
  EXPECT_EQ(matrix(AVCOL_SPC_RGB), YcbcrMatrix::kBt601);
}

}  // namespace
}  // namespace yolofleet::video::ffmpeg
