#include "shared/progress.hpp"

#include <gtest/gtest.h>

namespace yolofleet::command {
namespace {

TEST(FormatVideoProgress, HasABarWhereThePartIsKnown) {
  EXPECT_EQ(format_video_progress(500, 0.25, 10),
            " 25 %  [#####               ]  500 frames  50.0 frames/s  0:30 left");
  EXPECT_EQ(format_video_progress(500, std::nullopt, 10), "500 frames  50.0 frames/s");
  EXPECT_EQ(format_video_progress(0, 0.0, 0), "  0 %  [                    ]  0 frames");
}

TEST(FormatDuration, HasMinutesAndHoursWhereNeeded) {
  EXPECT_EQ(format_duration(0), "0:00");
  EXPECT_EQ(format_duration(6.6), "0:07");
  EXPECT_EQ(format_duration(754), "12:34");
  EXPECT_EQ(format_duration(11109), "3:05:09");
  EXPECT_EQ(format_duration(-1), "0:00");
}

TEST(FormatProgress, BeforeTheFirstPictureThereIsNoRate) {
  EXPECT_EQ(format_progress(0, 200, 5), "  0/200    0 %  [                    ]");
}

TEST(FormatProgress, ShowsCountRateAndTimeLeft) {
  EXPECT_EQ(format_progress(50, 200, 2),
            " 50/200   25 %  [#####               ]  25.0 pictures/s  0:06 left");
}

TEST(FormatProgress, IsFullAtTheEnd) {
  EXPECT_EQ(format_progress(8, 8, 2),
            "8/8  100 %  [####################]  4.0 pictures/s  0:00 left");
}

TEST(FormatProgress, SaysHundredPercentOnlyWhenDone) {
  EXPECT_NE(format_progress(999, 1000, 1).find(" 99 %"), std::string::npos);
}

TEST(FormatProgress, AGrownFolderIsNotMoreThanAll) {
  EXPECT_EQ(format_progress(3, 2, 3),
            "3/3  100 %  [####################]  1.0 pictures/s  0:00 left");
}

TEST(Progress, MessagesStandOnALineOfTheirOwn) {
  ::testing::internal::CaptureStderr();
  Progress progress(false, 10);
  progress.update(1);
  progress.message("a\nb");
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "yolofleet: a?b\n");
}

TEST(Progress, ClearsItsLineForAMessageAndAtTheEnd) {
  ::testing::internal::CaptureStderr();
  Progress progress(true, 2);
  progress.update(0);
  progress.update(0);  // too soon
  progress.message("hello");
  progress.update(0);
  progress.hide();
  progress.hide();
  const std::string line = "\r0/2    0 %  [                    ]\x1B[K";
  EXPECT_EQ(::testing::internal::GetCapturedStderr(),
            line + "\r\x1B[Kyolofleet: hello\n" + line + "\r\x1B[K");
}

}  // namespace
}  // namespace yolofleet::command
