#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "video/clips.hpp"

namespace yolofleet::video {
namespace {

class EachContainer : public VideoTest, public ::testing::WithParamInterface<const char*> {};

TEST_P(EachContainer, StartsAndEndsExactly) {
  // Six seconds with a key frame every two, and frames that are shown in another order than
  // decoded.
  const std::string video =
      clip(GetParam(), test_source(6) + " -c:v libx264 -preset veryfast -g 50 -bf 3");
  for (const double from : {0.0, 0.5, 1.96, 2.0, 5.3, 5.96}) {
    const auto first = static_cast<std::size_t>(from * 25 + 0.999);
    VideoOptions options;
    options.from = from;
    const Read rest = read_all(video, options);
    EXPECT_FALSE(rest.error) << rest.error->message;
    EXPECT_EQ(milliseconds(rest.frames), steady_times(150 - first, static_cast<int>(40 * first)))
        << "from " << from;
    options.to = from + 0.2;
    EXPECT_EQ(read_all(video, options).frames.size(), std::min<std::size_t>(5, 150 - first));
  }
}

INSTANTIATE_TEST_SUITE_P(Video, EachContainer,
                         ::testing::Values("a.mp4", "a.mkv", "a.ts", "a.flv", "a.h264"),
                         [](const auto& each) { return std::string(each.param).substr(2); });

class VideoTimes : public VideoTest {};

TEST_F(VideoTimes, NothingComesAfterTheEnd) {
  VideoOptions options;
  options.from = 3;
  const Read read = read_all(clip("a.mp4", test_source(1) + " -c:v libx264"), options);
  EXPECT_FALSE(read.error);
  EXPECT_TRUE(read.frames.empty());
}

TEST_F(VideoTimes, TheFrameRateMayVary) {
  // Frames 0, 1, 4, 9, 16: their distances grow.
  const std::string video =
      clip("a.mkv", test_source(1) +
                        " -vf \"select='eq(n,0)+eq(n,1)+eq(n,4)+eq(n,9)+eq(n,16)'\" -c:v libx264");
  const Read read = read_all(video);
  ASSERT_FALSE(read.error) << read.error->message;
  EXPECT_EQ(milliseconds(read.frames), (std::vector<int>{0, 40, 160, 360, 640}));
}

TEST_F(VideoTimes, GoOnWhereTwoFilesWerePutTogether) {
  const std::string part = clip("part.ts", test_source(1) + kH264 + " -bf 2 -g 10");
  const std::string video = write("a.ts", content_of(part) + content_of(part));
  const Read read = read_all(video);
  ASSERT_FALSE(read.error) << read.error->message;
  EXPECT_EQ(milliseconds(read.frames), steady_times(50));
  VideoOptions options;
  options.to = 1.5;
  const Read first = read_all(video, options);
  ASSERT_FALSE(first.error) << first.error->message;
  EXPECT_EQ(first.frames.size(), 38U);
}

TEST_F(VideoTimes, CountFromTheFirstFrame) {
  const std::string video = clip("a.ts", test_source(0.4) + " -c:v libx264 -output_ts_offset 100");
  EXPECT_EQ(milliseconds(read_all(video).frames), steady_times(10));
}

}  // namespace
}  // namespace yolofleet::video
