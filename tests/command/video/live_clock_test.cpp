#include "video/live_clock.hpp"

#include <gtest/gtest.h>

namespace yolofleet::command {
namespace {

/// A clock that gets frames.
class Camera : public ::testing::Test {
 protected:
  /// The time of a frame with this stamp that arrives this many seconds after the first.
  double frame(double stamp, double arrival) {
    const std::chrono::duration<double> since(arrival);
    return clock_.seconds(
        stamp, LiveClock::Time() + std::chrono::duration_cast<LiveClock::Time::duration>(since));
  }
  /// The last time of this many frames, 25 a second.
  double frames(int count, double stamp, double arrival) {
    double seconds = 0;
    for (int i = 0; i < count; ++i) {
      seconds = frame(stamp + i / 25.0, arrival + i / 25.0);
    }
    return seconds;
  }

  LiveClock clock_;
};

TEST_F(Camera, HasTheTimesOfItsStamps) {
  EXPECT_FALSE(clock_.began());
  EXPECT_DOUBLE_EQ(frame(50, 0), 0);
  EXPECT_EQ(clock_.began(), LiveClock::Time());
  EXPECT_NEAR(frame(50.04, 0.09), 0.04, 1e-9) << "arrival varies";
  EXPECT_NEAR(frame(50.08, 0.09), 0.08, 1e-9);
  EXPECT_NEAR(frame(50.08, 0.1), 0.081, 1e-9) << "later than the one before";
}

TEST_F(Camera, FollowsAClockThatJumps) {
  frames(26, 0, 0);
  EXPECT_NEAR(frame(3601.04, 1.04), 1.04, 1e-9) << "forwards";
  EXPECT_NEAR(frame(3601.08, 1.08), 1.08, 1e-9);
  EXPECT_NEAR(frame(0, 1.12), 1.12, 1e-9) << "back";
  EXPECT_NEAR(frame(0.04, 1.16), 1.16, 1e-9);
  EXPECT_NEAR(frame(0, 3), 3, 1e-9) << "after a pause";
  EXPECT_NEAR(frame(0.04, 3.04), 3.04, 1e-9);
}

TEST_F(Camera, GoesOnAfterABurst) {
  for (int i = 0; i < 126; ++i) {
    frame(i / 25.0, 0);  // a server sends the last five seconds at once
  }
  EXPECT_NEAR(frames(26, 5.04, 0.04), 6.04, 1e-9);
  EXPECT_NEAR(frame(0, 1.08), 6.08, 1e-9) << "the clock is set back, and the time doesn't stick";
  EXPECT_NEAR(frame(0.04, 1.12), 6.12, 1e-9);
}

TEST_F(Camera, KeepsItsTimesOverAGapInTheNetwork) {
  frames(26, 0, 0);
  for (int i = 0; i < 100; ++i) {
    EXPECT_NEAR(frame(1.04 + i / 25.0, 5), 1.04 + i / 25.0, 1e-9) << "all were held up";
  }
  EXPECT_NEAR(frames(100, 5.04, 5.04), 9, 1e-9);
}

TEST_F(Camera, CatchesUpIfItsClockStoodStill) {
  frames(26, 0, 0);
  EXPECT_NEAR(frames(100, 1.04, 11), 14.96, 1e-9);
}

TEST_F(Camera, ThatIsOpenedAgainHasANewClock) {
  frames(26, 0, 0);
  clock_.restart();
  EXPECT_NEAR(frame(1.5, 8), 8, 1e-9);
  EXPECT_NEAR(frame(1.54, 8.04), 8.04, 1e-9);
}

}  // namespace
}  // namespace yolofleet::command
