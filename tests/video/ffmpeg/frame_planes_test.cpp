#include "video/ffmpeg/frame_planes.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace yolofleet::video::ffmpeg {
namespace {

Frame frame_of(AVPixelFormat format, int width, int height) {
  Frame frame = make_frame();
  frame->format = format;
  frame->width = width;
  frame->height = height;
  EXPECT_EQ(av_frame_get_buffer(frame.get(), 0), 0);
  return frame;
}

TEST(FramePlanes, AreTheFramesOwn) {
  const Frame frame = frame_of(AV_PIX_FMT_P010LE, 6, 4);
  FramePlanes planes;
  const auto view = planes.view(*frame);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->planes[0], frame->data[0]);
  EXPECT_EQ(view->planes[1], frame->data[1]);
  EXPECT_EQ(view->planes[2], frame->data[1] + 2);
  EXPECT_EQ(view->width, 6);
  EXPECT_EQ(view->height, 4);
}

TEST(FramePlanes, TurnPicturesThatLieUpsideDown) {
  const Frame frame = frame_of(AV_PIX_FMT_GRAY8, 2, 2);
  std::array<std::uint8_t, 4> rows{3, 4, 1, 2};  // the lower one first
  frame->data[0] = rows.data() + 2;
  frame->linesize[0] = -2;
  FramePlanes planes;
  const auto view = planes.view(*frame);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->planes[0][0], 1);
  EXPECT_EQ(view->planes[0][1], 2);
  EXPECT_EQ(view->planes[0][view->strides[0]], 3);
}

TEST(FramePlanes, FramesOfAnotherSizeAreConvertedToo) {
  FramePlanes planes;
  for (const int side : {8, 16, 8}) {
    const auto view = planes.view(*frame_of(AV_PIX_FMT_RGB24, side, side));
    ASSERT_TRUE(view);
    EXPECT_EQ(view->width, side);
  }
}

TEST(FramePlanes, RefuseTheMemoryOfAGpu) {
  const Frame frame = make_frame();
  frame->format = AV_PIX_FMT_CUDA;
  frame->width = frame->height = 16;
  FramePlanes planes;
  const auto view = planes.view(*frame);
  ASSERT_FALSE(view);
  EXPECT_EQ(view.error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(view.error().message, "pixels of the format cuda can't be converted");
}

}  // namespace
}  // namespace yolofleet::video::ffmpeg
