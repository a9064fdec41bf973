// A fleet of several real lanes: each the CPU, with a thread of its own.

#include <gtest/gtest.h>

#include <cstdint>
#include <thread>
#include <vector>

#include "backend/cpu/cpu_lane.hpp"
#include "backend/test_network.hpp"
#include "fleet/fleet.hpp"
#include "fleet/support.hpp"

namespace yolofleet::fleet {
namespace {

constexpr std::size_t kPictures = 300;

graph::Network small_network() {
  backend::TestNetwork built({3, 16, 24});
  built.convolution(8, graph::Activation::kMish);
  built.convolution(7);
  built.head();
  return built.network();
}

/// Of another size and other noise each.
Image picture(std::size_t index) {
  Image image{24 + static_cast<int>(index % 17), 16 + static_cast<int>(index % 5)};
  auto state = static_cast<std::uint32_t>(index) * 2'654'435'761U + 1U;
  for (std::uint8_t& value : image.pixels()) {
    state = state * 1'664'525U + 1'013'904'223U;
    value = static_cast<std::uint8_t>(state >> 24U);
  }
  return image;
}

OpenLane cpu_lane() {
  return {"cpu", [](const backend::OnFinished& on_finished, std::vector<std::string>&) {
            backend::cpu::CpuLaneOptions options;
            options.threads = 1;
            options.confidence = 0.1F;
            options.nms = 0.45F;
            options.max_detections = 300;
            return backend::cpu::open_cpu_lane(small_network(), options, Precision::kFp32,
                                               on_finished);
          }};
}

struct Outcome {
  std::vector<PictureResult> results;
  FleetReport report;
};

Outcome run_on(std::size_t lanes) {
  FleetOptions options = testing::plain_options();
  options.self_test = true;
  options.max_detections = 300;
  const auto fleet = Fleet::open(std::vector<OpenLane>(lanes, cpu_lane()), options).value();
  std::thread source([&] {
    for (std::size_t i = 0; i < kPictures; ++i) {
      ASSERT_TRUE(fleet->submit(picture(i)));
    }
    fleet->finish();
  });
  Outcome outcome;
  while (auto result = fleet->next()) {
    outcome.results.push_back(*std::move(result));
  }
  source.join();
  outcome.report = fleet->report();
  return outcome;
}

TEST(CpuLanes, FindTogetherAndInOrderWhatOneFinds) {
  const Outcome one = run_on(1);
  const Outcome three = run_on(3);
  ASSERT_EQ(one.results.size(), kPictures);
  ASSERT_EQ(three.results.size(), kPictures);
  std::size_t found = 0;
  for (std::size_t i = 0; i < kPictures; ++i) {
    EXPECT_EQ(three.results[i].index, i);
    EXPECT_FALSE(three.results[i].error);
    EXPECT_EQ(three.results[i].detections, one.results[i].detections) << i;
    found += one.results[i].detections.size();
  }
  EXPECT_GT(found, kPictures / 2);
  ASSERT_EQ(three.report.devices.size(), 3U);
  for (const DeviceReport& device : three.report.devices) {
    EXPECT_GT(device.pictures, 0U);
  }
}

}  // namespace
}  // namespace yolofleet::fleet
