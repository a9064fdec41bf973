#include "video/ffmpeg/camera.hpp"

#include <gtest/gtest.h>

namespace yolofleet::video::ffmpeg {
namespace {

TEST(Camera, HasItsDemuxer) {
  const auto format = camera_format();
  ASSERT_TRUE(format) << format.error().message;
  EXPECT_NE(*format, nullptr);
}

TEST(Camera, NamesThePackageOfItsLibrary) {
  const auto format = camera_format("libavdevice.so.0");
  ASSERT_FALSE(format);
  EXPECT_EQ(format.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(format.error().message,
            "cameras need FFmpeg's library libavdevice.so.0, which is missing; the package "
            "libavdevice" +
                std::to_string(LIBAVFORMAT_VERSION_MAJOR) + " of Debian and Ubuntu has it");
}

}  // namespace
}  // namespace yolofleet::video::ffmpeg
