// As many lanes as the largest machines have GPUs.

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <string>
#include <thread>

#include "backend/fake/decoder.hpp"
#include "fleet/support.hpp"

namespace yolofleet::fleet {
namespace {

using namespace std::chrono_literals;
using testing::FakeScript;
using testing::open_fleet;
using testing::plain_options;
using testing::take_all;

constexpr std::size_t kBatch = 16;
constexpr std::size_t kBatches = 8;  // of each lane
constexpr auto kDelay = 200ms;       // of a batch; the CPU's part of it is small on any machine

constexpr double kNearlyFull = 0.8;  // lanes that work one after the other have an eighth

/// Lanes of GPUs.
std::vector<FakeScript> lanes_of_gpus(std::size_t count) {
  std::vector<FakeScript> lanes;
  for (std::size_t i = 0; i < count; ++i) {
    FakeScript lane = testing::lane_of_device("fake:" + std::to_string(i), kBatch, kDelay);
    lane.slots = 5;
    lanes.push_back(lane);
  }
  return lanes;
}

/// How a run of all lanes went.
struct Outcome {
  bool in_order = true;
  double of_full_speed = 0;      // 1: as fast as the lanes are
  std::size_t most_unequal = 0;  // batches of a lane more or less than kBatches
};

Outcome run(std::size_t lanes) {
  FleetOptions options = plain_options();
  options.max_wait = 1min;  // only full batches
  const auto fleet = open_fleet(lanes_of_gpus(lanes), options);
  const auto submit = [&](std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      ASSERT_TRUE(fleet->submit(ImageView{}));
    }
  };
  const auto begin = Clock::now();
  submit(lanes * kBatch);  // nobody takes results yet: else the first picture would be sent alone
  std::thread source([&] {
    submit(lanes * kBatch * (kBatches - 1));
    fleet->finish();
  });
  const auto results = take_all(*fleet);
  source.join();
  Outcome outcome;
  outcome.of_full_speed = kBatches * seconds(kDelay) / seconds(Clock::now() - begin);
  outcome.in_order = results.size() == lanes * kBatch * kBatches;
  for (std::size_t i = 0; i < results.size(); ++i) {
    outcome.in_order = outcome.in_order && results[i].index == i;
  }
  for (const DeviceReport& device : fleet->report().devices) {
    const auto [less, more] = std::minmax<std::size_t>({device.batches, kBatches});
    outcome.most_unequal = std::max(outcome.most_unequal, more - less);
  }
  return outcome;
}

class Scaling : public ::testing::TestWithParam<std::size_t> {};

TEST_P(Scaling, AllLanesWorkAllTheTime) {
  Outcome outcome;
  for (int tries = 0; tries < 3; ++tries) {  // a busy machine may stop a thread for half a second
    outcome = run(GetParam());
    ASSERT_TRUE(outcome.in_order);
    if (outcome.of_full_speed >= kNearlyFull && outcome.most_unequal == 0) {
      break;
    }
  }
  EXPECT_GE(outcome.of_full_speed, kNearlyFull);
  EXPECT_EQ(outcome.most_unequal, 0U);
}

/// The files of 1000 bytes that such a fleet takes before a lane has finished a picture.
std::size_t files_held(std::size_t decoders, std::size_t most_bytes) {
  std::atomic<bool> open = false;
  std::vector<FakeScript> lanes;
  for (std::size_t i = 0; i < decoders; ++i) {
    FakeScript lane = testing::closed_by(open);
    lane.device = "fake:" + std::to_string(i);
    lane.batch = 16;
    lane.decodes = false;
    lane.device_images = true;
    lane.decoder = [device = lane.device](std::vector<std::string>&) {
      backend::fake::DecoderScript script;
      script.batch = 16;
      return Result<std::unique_ptr<backend::Decoder>>(
          backend::fake::make_decoder(device, script, kDefaultMaxPixels));
    };
    lanes.push_back(lane);
  }
  FleetOptions options = plain_options();
  options.decode.decode = Decode::kGpu;
  options.most_bytes.files = most_bytes;
  const auto fleet = open_fleet(lanes, options);
  EncodedImage file = encode_image(Image(3, 3).view(), ImageFormat::kPng).value();
  file.resize(1000);
  std::size_t held = 0;
  for (Picture picture = file; fleet->try_submit(picture).value(); picture = file) {
    ++held;
  }
  open = true;
  return held;
}

TEST(FilesOfManyDecoders, HaveRoomForEachOne) {
  EXPECT_EQ(files_held(1, 20'000), 20U);
  EXPECT_EQ(files_held(2, 20'000), 20U);
  EXPECT_EQ(files_held(8, 20'000), 80U);
  EXPECT_EQ(files_held(16, 20'000), 160U);
}

INSTANTIATE_TEST_SUITE_P(Fleet, Scaling, ::testing::Values(8, 16));

}  // namespace
}  // namespace yolofleet::fleet
