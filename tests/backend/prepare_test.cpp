#include "backend/prepare.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "backend/fake/device.hpp"

namespace yolofleet::backend {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::shared_ptr<Device> device(const std::string& id, const std::string& kind,
                               const std::string& open_error = "") {
  fake::Script script;
  script.id = id;
  script.kind = kind;
  script.open_error = open_error;
  return fake::make_device(script);
}

const graph::Network& network() {
  static const graph::Network network{"net", {3, 32, 32}, false, {}};
  return network;
}

TEST(GroupByKind, OneGroupForAllDevicesOfAKind) {
  const Devices devices{device("fake:0", "big"), device("fake:1", "small"), device("fake:2", "big"),
                        device("fake:3", "small"), device("fake:4", "big")};
  EXPECT_THAT(group_by_kind(devices), ElementsAre(ElementsAre(0, 2, 4), ElementsAre(1, 3)));
  EXPECT_THAT(group_by_kind({}), IsEmpty());
}

TEST(PrepareAll, ReportsEnginesInTheOrderOfTheDevices) {
  const Devices devices{device("fake:0", "big"), device("fake:1", "small"),
                        device("fake:2", "big")};
  Options options;
  std::atomic<int> calls = 0;
  std::atomic<int> inside = 0;
  options.on_build = [&](const BuildProgress&) {
    EXPECT_EQ(++inside, 1) << "called by one thread at a time";
    ++calls;
    --inside;
  };
  const auto built = prepare_all(devices, {network(), options});
  ASSERT_TRUE(built);
  std::vector<std::string> seen;
  for (const EngineReport& engine : built->engines) {
    seen.push_back(engine.device + " " + engine.file.string());
  }
  EXPECT_THAT(seen, ElementsAre("fake:0 big.engine", "fake:1 small.engine", "fake:2 big.engine"));
  EXPECT_EQ(calls, 3);
  EXPECT_THAT(built->warnings, ElementsAre("a fake engine is no file")) << "once for all devices";
}

TEST(PrepareAll, FailsAsTheFirstGroupThatFails) {
  const Devices devices{device("fake:0", "big"), device("fake:1", "small", "no memory"),
                        device("fake:2", "third", "no driver")};
  const auto built = prepare_all(devices, {network(), {}});
  ASSERT_FALSE(built);
  EXPECT_EQ(built.error().message, "fake:1: no memory");
}

TEST(PrepareAll, IsNotForADeviceThatNeedsNoEngine) {
  class Plain final : public Device {
    std::string id() const override { return "plain"; }
    DeviceInfo info() const override { return {}; }
    Result<std::unique_ptr<Lane>> open_lane(const Workload&, const OnFinished&,
                                            std::vector<std::string>&) override {
      return nullptr;
    }
    Result<std::unique_ptr<HeadRun>> open_heads(const Workload&) override { return nullptr; }
    Result<DeviceSpeed> measure(const Workload&, const SpeedRun&) override { return {}; }
  };
  const auto built = prepare_all({std::make_shared<Plain>()}, {network(), {}});
  ASSERT_FALSE(built);
  EXPECT_EQ(built.error().code, ErrorCode::kInternal);
  EXPECT_EQ(built.error().message, "plain: needs no engine");
}

}  // namespace
}  // namespace yolofleet::backend
