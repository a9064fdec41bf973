// The times of a lane's stages, as it reports them.

#include <algorithm>
#include <array>
#include <chrono>
#include <iostream>

#include "backend/tensorrt/lane/stage_marks.hpp"
#include "gpu/lane_fixture.hpp"

namespace yolofleet::backend::tensorrt {
namespace {

using testing::kBatch;
using testing::mixed_pictures;
using testing::views_of;
using testing::WaitingLane;
using Clock = std::chrono::steady_clock;

constexpr int kRuns = 100;
constexpr std::size_t kRoom = std::size_t{64} << 20U;  // for the pixels of all these batches
constexpr std::array kOnDevice{"upload", "resize", "network", "boxes", "download"};

class StageTimesOfALane : public testing::GpuTest {};

/// Seconds that the batches take, one after the other as slots are free.
double run(WaitingLane& lane, const std::vector<ImageView>& views) {
  const auto begin = Clock::now();
  for (int i = 0; i < kRuns; ++i) {
    lane.submit(views);
  }
  lane.wait();
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

double on_device(const WaitingLane& lane) {
  double sum = 0;
  for (const char* const name : kOnDevice) {
    sum += lane.stage(name);
  }
  return sum;
}

void print(const WaitingLane& lane, double seconds) {
  for (const char* const name : kCudaStageNames) {
    std::cout << name << ' ' << lane.stage(name) * 1e6 / kRuns << ", ";
  }
  std::cout << "all " << seconds * 1e6 / kRuns << " microseconds a batch of " << kBatch << '\n';
}

TEST_F(StageTimesOfALane, AreOfEveryStageAndAddUp) {
  cuda::check(cudaSetDevice(0));  // the wrong one where there are two
  WaitingLane lane{device(), kBatch, 1, kRoom};
  for (const char* const name : kCudaStageNames) {
    EXPECT_EQ(lane.stage(name), 0) << name;
  }
  const std::vector<Image> pictures = mixed_pictures(kBatch);
  const double seconds = run(lane, views_of(pictures));
  print(lane, seconds);
  for (const char* const name : kCudaStageNames) {
    EXPECT_GT(lane.stage(name), 0) << name;
  }
  // With one slot nothing overlaps.
  EXPECT_LE(on_device(lane), seconds * 1.02);
  EXPECT_GE(on_device(lane), seconds * 0.1);
  EXPECT_LE(lane.stage("host"), seconds);
}

/// Seconds that these batches take in the network and the boxes, which are stages without work of
/// the host. Each batch starts when the one before is done, so that none waits for another slot's.
double one_by_one(WaitingLane& lane, const std::vector<ImageView>& views, int batches) {
  const auto now = [&] { return lane.stage("network") + lane.stage("boxes"); };
  const double before = now();
  for (int i = 0; i < batches; ++i) {
    lane.run(views);
  }
  return now() - before;
}

TEST_F(StageTimesOfALane, OfSeveralSlotsAreSummed) {
  constexpr std::size_t kSlots = 3;
  WaitingLane lane{device(), kBatch, kSlots, kRoom};
  const std::vector<Image> pictures = mixed_pictures(kBatch);
  const double seconds = run(lane, views_of(pictures));
  print(lane, seconds);
  for (const char* const name : kCudaStageNames) {
    EXPECT_GT(lane.stage(name), 0) << name;
  }
  EXPECT_LE(on_device(lane), seconds * 1.02 * kSlots);
  // Without one of three slots it would be two thirds, with one counted twice four.
  WaitingLane alone{device(), kBatch, 1, kRoom};
  run(alone, views_of(pictures));
  const auto best_of = [&](WaitingLane& of) {  // other work on the device only adds time
    double best = one_by_one(of, views_of(pictures), kRuns);
    for (int i = 0; i < 4; ++i) {
      best = std::min(best, one_by_one(of, views_of(pictures), kRuns));
    }
    return best;
  };
  const double of_one_slot = best_of(alone);
  const double of_three = best_of(lane);
  std::cout << "one by one: " << of_three << " s in three slots, " << of_one_slot << " s in one\n";
  EXPECT_GT(of_three, 0.8 * of_one_slot);
  EXPECT_LT(of_three, 1.25 * of_one_slot);
}

TEST_F(StageTimesOfALane, AreOfTheLastBatchesToo) {
  WaitingLane lane{device(), kBatch, 3, kRoom};
  const std::vector<Image> pictures = mixed_pictures(kBatch);
  const double first = one_by_one(lane, views_of(pictures), 1);
  ASSERT_GT(first, 0);
  // The times of the first slot are taken; the others' count as much.
  constexpr double kRounding = 1e-8;
  EXPECT_NEAR(one_by_one(lane, views_of(pictures), 1), first, kRounding);
  EXPECT_NEAR(one_by_one(lane, views_of(pictures), 1), first, kRounding);
  const double next = one_by_one(lane, views_of(pictures), 1);  // of the first slot again
  EXPECT_NEAR(one_by_one(lane, views_of(pictures), 2), 2 * next, kRounding);
}

/// A picture in page-locked memory, so that its upload is only the device's copy.
std::vector<ImageView> same_views(const cuda::PinnedBuffer& pixels, int width, int height) {
  const ImageView view{pixels.as<std::uint8_t>(), width, height,
                       static_cast<std::size_t>(width) * 3, PixelFormat::kRgb};
  return std::vector<ImageView>(kBatch, view);
}

TEST_F(StageTimesOfALane, MorePixelsAreLongerOnTheirWay) {
  const cuda::PinnedBuffer pixels{device(), std::size_t{1920} * 1080 * 3};
  std::fill_n(pixels.as<std::uint8_t>(), pixels.bytes(), std::uint8_t{77});
  WaitingLane small{device(), kBatch, 1, kRoom};
  run(small, same_views(pixels, 64, 64));
  WaitingLane large{device(), kBatch, 1, kRoom};
  run(large, same_views(pixels, 1920, 1080));
  std::cout << "upload of " << kBatch << " pictures of 64x64: " << small.stage("upload") / kRuns
            << " s; of 1920x1080: " << large.stage("upload") / kRuns << " s\n";
  EXPECT_GT(large.stage("upload"), 3 * small.stage("upload"));
}

TEST_F(StageTimesOfALane, ArentTakenWhereNobodyWantsThem) {
  WaitingLane lane{device(), kBatch, 2, kRoom, false};
  const std::vector<Image> pictures = mixed_pictures(kBatch);
  run(lane, views_of(pictures));
  EXPECT_EQ(on_device(lane), 0);
  EXPECT_GT(lane.stage("host"), 0);
}

}  // namespace
}  // namespace yolofleet::backend::tensorrt
