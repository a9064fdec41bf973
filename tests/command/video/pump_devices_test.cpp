// Devices that decode the pump's videos.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "command/video/pump_fixture.hpp"

namespace yolofleet::command {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

class PumpDevices : public testing::PumpTest {};

TEST_F(PumpDevices, TheDevicesTakeTheVideosInTurn) {
  for (const char* name : {"a.mp4", "b.mp4", "c.mp4"}) {
    file(name, 3);
  }
  live("rtsp://cam/1", {{.frames = 3, .hangs = true}});
  options_.devices = {"cuda:0", "cuda:1"};
  enough_ = 12;
  run();
  EXPECT_THAT(videos_.devices, ElementsAre(Pair("a.mp4", ElementsAre("cuda:0")),
                                           Pair("b.mp4", ElementsAre("cuda:1")),
                                           Pair("c.mp4", ElementsAre("cuda:0")),
                                           Pair("rtsp://cam/1", ElementsAre("cuda:1"))));
  EXPECT_THAT(memories_, ElementsAre(Pair("a.mp4", ElementsAre("cuda:0")),
                                     Pair("b.mp4", ElementsAre("cuda:1")),
                                     Pair("c.mp4", ElementsAre("cuda:0")),
                                     Pair("rtsp://cam/1", ElementsAre("cuda:1"))));
  EXPECT_THAT(messages_, IsEmpty());
}

TEST_F(PumpDevices, WithoutDevicesTheCpuDecodesAndNothingIsSaid) {
  file("a.mp4", 3);
  run();
  EXPECT_THAT(videos_.devices, ElementsAre(Pair("a.mp4", ElementsAre(""))));
  EXPECT_THAT(memories_, ElementsAre(Pair("a.mp4", ElementsAre("host"))));
  EXPECT_THAT(messages_, IsEmpty());
}

TEST_F(PumpDevices, SaysOnceThatADeviceCantDecodeAVideo) {
  file("a.mp4", 20);
  file("b.mp4", 20);
  videos_.sources["b.mp4"].connections.front().only_cpu = true;
  options_.devices = {"cuda:0"};
  run();
  EXPECT_THAT(messages_, ElementsAre("b.mp4: cuda:0 can't decode this kind of h264; the CPU does"));
  EXPECT_THAT(memories_, ElementsAre(Pair("a.mp4", ElementsAre("cuda:0")),
                                     Pair("b.mp4", ElementsAre("host"))));
}

TEST_F(PumpDevices, SaysItOnceOfALiveSourceThatIsOpenedAgain) {
  live("rtsp://me:secret@cam/1",
       {{.frames = 3, .only_cpu = true}, {.frames = 2, .hangs = true, .only_cpu = true}});
  options_.devices = {"cuda:0"};
  options_.first_pause = 5ms;
  enough_ = 5;
  run();
  EXPECT_THAT(messages_,
              ElementsAre("rtsp://cam/1: cuda:0 can't decode this kind of h264; the CPU does",
                          "rtsp://cam/1: ended; it is opened again in 0.005 s",
                          "rtsp://cam/1: is back after 0:00"));
  EXPECT_THAT(videos_.devices,
              ElementsAre(Pair("rtsp://me:secret@cam/1", ElementsAre("cuda:0", "cuda:0"))));
}

TEST_F(PumpDevices, NothingIsSaidOfAVideoWithoutAFrame) {
  file("none.mp4", 0);
  videos_.sources["none.mp4"].connections.front().only_cpu = true;
  options_.devices = {"cuda:0"};
  run();
  EXPECT_THAT(messages_, IsEmpty());
  EXPECT_THAT(errors_, ElementsAre("none.mp4 -> none.mp4: has no frame"));
}

/// Frames in a device's memory count like others: files wait for room.
TEST_F(PumpDevices, WaitingFramesOfADeviceHaveALimitInBytes) {
  for (const char* name : {"a.mp4", "b.mp4", "c.mp4"}) {
    file(name, 50);
  }
  options_.devices = {"cuda:0"};
  options_.threads = 1;
  options_.queued_bytes = 150;  // two frames of 96 bytes
  enough_ = 1;
  taking_ = 300ms;
  run();
  EXPECT_THAT(memories_, ::testing::Each(Pair(::testing::_, ElementsAre("cuda:0"))));
  // The frame that was taken, two that wait, one of each file whose next isn't known, and one that
  // is being decoded. Without the limit, four more of each file wait.
  EXPECT_LE(videos_.given, 1 + 2 + 3 + 1);
}

}  // namespace
}  // namespace yolofleet::command
