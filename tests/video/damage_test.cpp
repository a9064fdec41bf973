#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "video/clips.hpp"

namespace yolofleet::video {
namespace {

using ::testing::HasSubstr;

/// Frames that refer to a missing one are missing themselves, so there may be gaps near the end.
void expect_times_in_order(const std::vector<ReadFrame>& frames) {
  const std::vector<int> times = milliseconds(frames);
  EXPECT_EQ(std::adjacent_find(times.begin(), times.end(), std::greater_equal<>()), times.end());
  ASSERT_GT(times.size(), 10U);
  EXPECT_EQ(std::vector(times.begin(), times.begin() + 10), steady_times(10));
}

class EachCutFile : public VideoTest, public ::testing::WithParamInterface<const char*> {};

TEST_P(EachCutFile, GivesItsWholeFramesAndThenAnError) {
  const std::string options = std::string(kH264) + " -bf 3 -movflags faststart";
  const std::string whole = content_of(clip(GetParam(), test_source(2) + options));
  const std::string name = std::string("cut_") + GetParam();
  const Read read = read_all(write(name, whole.substr(0, whole.size() * 3 / 5)));
  ASSERT_TRUE(read.error);
  EXPECT_EQ(read.error->code, ErrorCode::kMalformed);
  EXPECT_THAT(read.error->message, HasSubstr(name + ": is cut off or damaged: "));
  EXPECT_THAT(read.error->message,
              HasSubstr("(after " + std::to_string(read.frames.size()) + " frames)"));
  EXPECT_GT(read.frames.size(), 15U);
  EXPECT_LT(read.frames.size(), 45U);
  expect_times_in_order(read.frames);
}

INSTANTIATE_TEST_SUITE_P(Video, EachCutFile, ::testing::Values("a.mp4", "a.mkv", "a.ts"),
                         [](const auto& each) { return std::string(each.param).substr(2); });

class DamagedVideo : public VideoTest {};

TEST_F(DamagedVideo, WithoutItsIndexIsRefused) {
  const std::string whole = content_of(clip("a.mp4", test_source(1) + kH264 + " -bf 3"));
  const Read read = read_all(write("cut.mp4", whole.substr(0, whole.size() / 2)));
  ASSERT_TRUE(read.error);
  EXPECT_EQ(read.error->code, ErrorCode::kMalformed);
  EXPECT_THAT(read.error->message, HasSubstr("cut.mp4: is cut off: its index (moov) is missing"));
}

TEST_F(DamagedVideo, EndsBeforeTheFirstDamagedFrame) {
  for (const char* const name : {"a.mp4", "a.mkv"}) {
    std::string bytes = content_of(clip(name, test_source(2) + kH264 + " -bf 3"));
    for (std::size_t at = bytes.size() / 2; at < bytes.size() / 2 + 2000; ++at) {
      bytes[at] = static_cast<char>(at * at * 31);
    }
    const Read read = read_all(write(std::string("damaged_") + name, bytes));
    ASSERT_TRUE(read.error) << name;
    EXPECT_EQ(read.error->code, ErrorCode::kMalformed);
    EXPECT_THAT(read.error->message, HasSubstr("is cut off or damaged: "));
    expect_times_in_order(read.frames);
  }
}

TEST_F(DamagedVideo, NothingIsWrittenToStandardError) {
  const std::string whole = content_of(clip("a.mkv", test_source(1) + kH264));
  const std::string file = write("cut.mkv", whole.substr(0, whole.size() / 2));
  ::testing::internal::CaptureStderr();
  const Read read = read_all(file);
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
  EXPECT_TRUE(read.error);
}

TEST_F(DamagedVideo, TheErrorStays) {
  const std::string whole = content_of(clip("a.mkv", test_source(1) + kH264 + " -bf 3"));
  auto reader = VideoReader::open(write("cut.mkv", whole.substr(0, whole.size() / 2)));
  ASSERT_TRUE(reader);
  auto frame = (*reader)->next();
  while (frame && *frame) {
    frame = (*reader)->next();
  }
  ASSERT_FALSE(frame);
  EXPECT_EQ((*reader)->next().error().message, frame.error().message);
}

TEST_F(DamagedVideo, ARecordingThatStartsBetweenKeyFramesBeginsAtTheNext) {
  const std::string whole = content_of(clip("a.ts", test_source(4) + kH264 + " -bf 3 -g 25"));
  const Read read = read_all(write("tail.ts", whole.substr(whole.size() / 188 / 3 * 188)));
  ASSERT_FALSE(read.error) << read.error->message;
  EXPECT_GE(read.frames.size(), 50U);
  EXPECT_EQ(read.frames.size() % 25, 0U);
}

}  // namespace
}  // namespace yolofleet::video
