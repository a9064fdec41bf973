#include "backend/lane_feeder.hpp"

#include <gtest/gtest.h>

#include <atomic>

#include "backend/pixels.hpp"
#include "fleet/fake_lane.hpp"

namespace yolofleet::backend {
namespace {

using namespace std::chrono_literals;
using testing::FakeLane;
using testing::FakeScript;
using testing::Gauge;

TEST(LaneFeeder, KeepsALaneFullOfFullBatches) {
  Gauge gauge;
  std::atomic<int> looked_at{0};
  FakeScript script;
  script.slots = 2;
  script.batch = 4;
  script.gauge = &gauge;
  script.delay = [](std::uint64_t) { return 5ms; };
  script.found = [&](const Job& job) {
    EXPECT_EQ(shown_size(pixels_of(job.picture)).width, job.ticket % 2 == 0 ? 10 : 20) << "in turn";
    ++looked_at;
    return std::vector<Detection>{};
  };
  ImageView narrow;
  narrow.width = 10;
  PlanesView wide;
  wide.width = 20;
  LaneFeeder feeder{{narrow, wide}};
  FakeLane lane{script, feeder.on_finished()};
  const auto rate = feeder.run(lane, 60ms);
  ASSERT_TRUE(rate);
  EXPECT_EQ(gauge.most(), 8U);
  EXPECT_EQ(gauge.now(), 0U) << "it waits for the last";
  EXPECT_EQ(feeder.batches() * 4, static_cast<std::uint64_t>(looked_at));
  EXPECT_GT(feeder.batches(), 2U);
  EXPECT_GT(*rate, 0);
  EXPECT_LE(*rate, 4 / 0.005 * 1.01);
}

TEST(LaneFeeder, HandsOutTheFirstError) {
  FakeScript script;
  script.error = [](std::uint64_t i) {
    return i == 3 ? std::optional{Error{ErrorCode::kDevice, "it broke"}} : std::nullopt;
  };
  LaneFeeder feeder{std::vector<PixelView>(1)};
  FakeLane lane{script, feeder.on_finished()};
  const auto rate = feeder.run(lane, 20ms);
  ASSERT_FALSE(rate);
  EXPECT_EQ(rate.error().message, "it broke");
}

}  // namespace
}  // namespace yolofleet::backend
