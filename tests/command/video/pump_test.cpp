#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <functional>
#include <map>
#include <vector>

#include "command/video/pump_fixture.hpp"
#include "input/video_name.hpp"

namespace yolofleet::command {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const Error kBroken{ErrorCode::kIo, "it broke off"};

class Pump : public testing::PumpTest {};

std::vector<std::uint64_t> count_to(std::uint64_t end, std::uint64_t step = 1) {
  std::vector<std::uint64_t> numbers;
  for (std::uint64_t number = 0; number < end; number += step) {
    numbers.push_back(number);
  }
  return numbers;
}

TEST_F(Pump, GivesAllFramesOfEachFileInOrder) {
  for (int i = 0; i < 30; ++i) {
    file(fmt::format("{}.mp4", i), 10 + i);
  }
  options_.threads = 3;
  run();
  for (int i = 0; i < 30; ++i) {
    EXPECT_EQ(numbers_[fmt::format("{}.mp4", i)], count_to(10U + static_cast<unsigned>(i))) << i;
  }
  EXPECT_TRUE(pump_->ended());
  EXPECT_THAT(errors_, IsEmpty());
  EXPECT_LE(videos_.most_open, 3 + 8);
  EXPECT_EQ(videos_.open, 0);
  EXPECT_DOUBLE_EQ(pump_->part().value(), 1);
}

TEST_F(Pump, TakesOneFrameOfEachInTurn) {
  for (const char* name : {"a.mp4", "b.mp4", "c.mp4"}) {
    file(name, 200);
  }
  taking_ = 1ms;  // the decoders are faster
  options_.threads = 2;
  run();
  ASSERT_EQ(frames_.size(), 600U);
  std::map<std::string, int> met;
  for (std::size_t i = 0; i < 500; ++i) {
    ++met[frames_[i].name];
    if (i > 30) {
      const auto [least, most] = std::minmax({met["a.mp4"], met["b.mp4"], met["c.mp4"]});
      ASSERT_LE(most - least, 12) << "after " << i;
    }
  }
}

TEST_F(Pump, MarksTheLastFrame) {
  file("a.mp4", 10);
  options_.every = 4;
  run();
  EXPECT_EQ(numbers_["a.mp4"], count_to(10, 4));
  EXPECT_FALSE(frames_[1].frame->last);
  EXPECT_TRUE(frames_[2].frame->last);
  EXPECT_DOUBLE_EQ(frames_[2].frame->seconds, 8 / testing::kRate);
  EXPECT_DOUBLE_EQ(frames_[2].frame->rate, testing::kRate / 4);
}

TEST_F(Pump, FewFilesGetSeveralThreadsEach) {
  file("a.mp4", 2);
  file("b.mp4", 2);
  options_.threads = 9;
  run();
  EXPECT_THAT(videos_.codec_threads, ElementsAre(4, 4));
}

TEST_F(Pump, ADecoderGetsNoMoreThreadsThanItTakes) {
  file("a.mp4", 2);
  options_.threads = 100;
  run();
  EXPECT_THAT(videos_.codec_threads, ElementsAre(64));
}

TEST_F(Pump, AnErrorEndsOneVideoAfterItsFrames) {
  file("cut.mp4", 3, Error{ErrorCode::kMalformed, "cut.mp4: is cut off"});
  file("none.mp4", 0);
  file("whole.mp4", 5);
  videos_.sources["gone.mp4"] = {
      {{.refuses = Error{ErrorCode::kNotFound, "gone.mp4: no such file"}}}};
  names_.push_back("gone.mp4");
  run();
  EXPECT_EQ(numbers_["cut.mp4"], count_to(3));
  EXPECT_EQ(numbers_["whole.mp4"], count_to(5));
  EXPECT_THAT(errors_, ::testing::UnorderedElementsAre("cut.mp4 -> cut.mp4: is cut off",
                                                       "none.mp4 -> none.mp4: has no frame",
                                                       "gone.mp4 -> gone.mp4: no such file"));
  EXPECT_TRUE(pump_->ended());
}

TEST_F(Pump, SaysThatNoFrameIsInTheRange) {
  file("a.mp4", 0);
  options_.video.from = 100;
  run();
  EXPECT_THAT(errors_, ElementsAre("a.mp4 -> a.mp4: has no frame at or after --from 100"));
}

TEST_F(Pump, FilesWaitForRoomAndLiveSourcesDropTheirOldestFrames) {
  file("a.mp4", 20);
  live("rtsp://cam/1", {{.frames = 60, .hangs = true, .delay = 2ms}});
  options_.live_under_way = 1;
  options_.queued_bytes = 500;  // five frames of 96 bytes
  taking_ = 10ms;
  until_ = std::chrono::steady_clock::now() + 4s;
  run();
  EXPECT_EQ(numbers_["a.mp4"], count_to(20));
  const std::vector<std::uint64_t>& taken = numbers_["rtsp://cam/1"];
  const VideoReport report = pump_->report()[1];
  EXPECT_GT(report.dropped, 0U);
  EXPECT_EQ(report.dropped + taken.size(), 60U);
  EXPECT_EQ(taken.back(), 59U) << "the newest stay";
  EXPECT_TRUE(std::is_sorted(taken.begin(), taken.end()));
  EXPECT_EQ(report.frames, taken.size());
  EXPECT_EQ(report.latency.count(), taken.size());
}

TEST_F(Pump, NoMoreLiveFramesAreUnderWayThanAllowed) {
  live("rtsp://cam/1", {{.frames = 30, .hangs = true}});
  options_.live_under_way = 3;
  taken_ = false;
  until_ = std::chrono::steady_clock::now() + 1s;
  run();
  EXPECT_EQ(frames_.size(), 3U);
}

TEST_F(Pump, ALiveSourceIsOpenedAgainUntilItIsBack) {
  live("rtsp://me:secret@cam/1",
       {{.frames = 3, .error = Error{ErrorCode::kIo, "rtsp://me:secret@cam/1: broke off"}},
        {.refuses = Error{ErrorCode::kIo, "rtsp://me:secret@cam/1: no answer"}},
        {.frames = 2, .hangs = true}});
  options_.first_pause = 10ms;
  enough_ = 5;
  run();
  EXPECT_EQ(numbers_["rtsp://cam/1"], count_to(5)) << "numbers go on";
  for (std::size_t i = 1; i < frames_.size(); ++i) {
    EXPECT_GT(frames_[i].frame->seconds, frames_[i - 1].frame->seconds);
  }
  EXPECT_GE(frames_[3].frame->seconds, 0.03) << "the pauses count";
  EXPECT_THAT(messages_, ElementsAre("rtsp://cam/1: broke off; it is opened again in 0.01 s",
                                     "rtsp://cam/1: no answer; it is opened again in 0.02 s",
                                     "rtsp://cam/1: is back after 0:00"));
  EXPECT_EQ(pump_->report()[0].reconnects, 1U);
  EXPECT_THAT(errors_, IsEmpty());
  EXPECT_TRUE(pump_->ended()) << "a live source has no other end";
}

TEST_F(Pump, TheTimeOfALiveSourceWhoseClockJumpsGoesOn) {
  live("rtsp://cam/1", {{.frames = 6,
                         .hangs = true,
                         .delay = 10ms,
                         .stamps = {100, 100.04, 3700.08, 3700.12, 0, 0.04}}});
  enough_ = 6;
  run();
  ASSERT_EQ(frames_.size(), 6U);
  for (std::size_t i = 1; i < 6; ++i) {
    const double step = frames_[i].frame->seconds - frames_[i - 1].frame->seconds;
    EXPECT_GT(step, 0.008) << i;
    EXPECT_LT(step, 1) << i;
  }
}

TEST_F(Pump, PausesGrowUpToTheLongestWhichIsNotRepeated) {
  live("tcp://cam", {{.frames = 1}, {.refuses = kBroken}});
  options_.first_pause = 5ms;
  options_.longest_pause = 20ms;
  until_ = std::chrono::steady_clock::now() + 1s;
  run();
  EXPECT_THAT(messages_, ElementsAre("tcp://cam: ended; it is opened again in 0.005 s",
                                     HasSubstr("it broke off; it is opened again in 0.01 s"),
                                     HasSubstr("in 0.02 s")));
  EXPECT_GT(videos_.sources["tcp://cam"].opened, 6U) << "it goes on";
}

TEST_F(Pump, ALiveSourceThatIsNotThereAtFirstFails) {
  live("rtsp://cam/1", {{.refuses = Error{ErrorCode::kIo, "rtsp://cam/1: no answer"}}});
  file("a.mp4", 3);
  run();
  EXPECT_THAT(errors_, ElementsAre("rtsp://cam/1 -> rtsp://cam/1: no answer"));
  EXPECT_EQ(numbers_["a.mp4"], count_to(3));
  EXPECT_EQ(videos_.sources["rtsp://cam/1"].opened, 1U);
}

TEST_F(Pump, ALiveSourceEndsAtItsTime) {
  live("/dev/video0", {{.frames = 100, .hangs = true}});
  options_.video.to = 0.2;
  run();
  EXPECT_LE(numbers_["/dev/video0"].size(), 5U);
  EXPECT_TRUE(pump_->ended());
  EXPECT_THAT(messages_, IsEmpty());
}

TEST_F(Pump, ALiveSourceThatIsGoneEndsAtItsTime) {
  live("/dev/video0", {{.frames = 2, .error = kBroken}, {.refuses = kBroken}});
  options_.video.to = 0.2;
  options_.first_pause = 20ms;
  run();
  EXPECT_LT(std::chrono::steady_clock::now(), until_ - 15s);
}

TEST_F(Pump, AStreamThatIsAFileIsReadToItsEnd) {
  file("http://host/a.mp4", 40);
  options_.video.to = 1;
  taking_ = 1ms;
  run();
  EXPECT_EQ(numbers_["http://host/a.mp4"], count_to(25));
  EXPECT_TRUE(frames_.back().frame->last);
}

TEST_F(Pump, AStopInterruptsAReaderThatHangs) {
  videos_.sources["a.mp4"] = {{{.frames = 2, .hangs = true}}};
  names_.push_back("a.mp4");
  live("rtsp://cam/1", {{.frames = 2, .hangs = true}});
  until_ = std::chrono::steady_clock::now() + 200ms;
  run();
  EXPECT_FALSE(pump_->ended());
  pump_.reset();
  EXPECT_EQ(videos_.open, 0) << "a reader was left behind";
  EXPECT_THAT(errors_, IsEmpty());
  EXPECT_THAT(messages_, IsEmpty());
}

TEST_F(Pump, AnOpeningThatHangsIsLeftBehind) {
  live("rtsp://cam/1", {{.frames = 2, .opening = 4s}});
  until_ = std::chrono::steady_clock::now() + 100ms;
  run();
  pump_.reset();
  EXPECT_LT(std::chrono::steady_clock::now(), until_ + 3s) << "it waits for half a second once";
  while (videos_.most_open == 0 || videos_.open > 0) {  // the script must outlive its reader
    std::this_thread::sleep_for(10ms);
  }
}

TEST_F(Pump, WhatAReaderThrowsEndsTheRun) {
  names_.push_back("unknown.mp4");
  EXPECT_THROW(run(), std::out_of_range);
}

TEST_F(Pump, AFailedSubmitEndsTheRun) {
  file("a.mp4", 1000);
  options_.open = scripted(videos_);
  VideoPump pump({video_entry("a.mp4", "a.mp4")}, options_);
  int taken = 0;
  pump.run({[&](const Picture&, const Entry&) { return ++taken < 3; },
            [](const Error&, const Entry&) { return true; }, [](const std::string&) {},
            [] { return false; }});
  EXPECT_EQ(taken, 3);
  EXPECT_FALSE(pump.ended());
}

}  // namespace
}  // namespace yolofleet::command
