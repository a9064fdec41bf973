// The lane on the real module.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <future>
#include <vector>

#include "backend/cpu/cpu_lane.hpp"
#include "backend/cpu/module_loader.hpp"
#include "backend/test_network.hpp"
#include "ops/nms.hpp"
#include "ops/resize.hpp"

namespace yolofleet::backend::cpu {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;

graph::Network small_network() {
  TestNetwork built({3, 16, 24});
  built.convolution(8, graph::Activation::kMish);
  built.convolution(7);
  built.head();
  return built.network();
}

PictureResult run(const ImageView& picture, Precision precision) {
  std::promise<PictureResult> result;
  CpuLaneOptions options;
  options.threads = 1;
  options.confidence = 0.1F;
  options.nms = 0.45F;
  options.max_detections = 300;
  const auto lane = open_cpu_lane(small_network(), options, precision,
                                  [&](std::vector<PictureResult> batch, const std::vector<Job>&) {
                                    result.set_value(std::move(batch.front()));
                                  });
  EXPECT_TRUE(lane.has_value());
  std::vector<Job> batch;
  batch.push_back({5, picture});
  EXPECT_TRUE((*lane)->try_submit(batch));
  return result.get_future().get();
}

/// The result of the same steps, called one by one.
std::vector<ops::Candidate> expected_of(const ImageView& picture) {
  const graph::Network network = small_network();
  auto executor = load_module().value()->compile(network, {Precision::kFp32, 1, 1}).value();
  const auto request = executor->create_request().value();
  ops::resize(picture, network.input(), ops::Fit::kStretch, request->input());
  EXPECT_TRUE(request->infer());
  std::vector<ops::Candidate> candidates;
  const graph::Layer& layer = network.layers()[2];
  ops::yolo_boxes(request->head(0),
                  {&std::get<graph::Head>(layer.operation), layer.input, network.input()}, 0.1F,
                  candidates);
  return ops::nms(candidates, {{}, 0.45F, 300}).kept;
}

TEST(OpenCpuLane, RunsAPictureThroughAllSteps) {
  Image picture(24, 16);
  for (std::size_t i = 0; i < picture.pixels().size(); ++i) {
    picture.pixels()[i] = static_cast<std::uint8_t>(i * 37);
  }
  const PictureResult result = run(picture.view(), Precision::kFp32);
  ASSERT_FALSE(result.error);
  EXPECT_EQ(result.index, 5U);
  const auto expected = expected_of(picture.view());
  ASSERT_FALSE(expected.empty());
  ASSERT_EQ(result.detections.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_NEAR(result.detections[i].confidence, expected[i].confidence, 1e-6F);
    EXPECT_EQ(result.detections[i].class_id, expected[i].class_id);
    EXPECT_NEAR(result.detections[i].box.width, expected[i].box.width * 24.0F, 1e-3F);
  }
}

TEST(OpenCpuLane, SaysWhatItRunsOn) {
  CpuLaneOptions options;
  options.threads = 1;
  const auto lane = open_cpu_lane(small_network(), options, Precision::kFp32, [](auto, auto) {});
  ASSERT_TRUE(lane) << lane.error().message;
  EXPECT_THAT((*lane)->info().description,
              MatchesRegex("cpu: OpenVINO [0-9]+\\.[0-9]+\\.[0-9]+, fp32, 1 thread"));
  options.threads = 2;
  const auto two = open_cpu_lane(small_network(), options, Precision::kAuto, [](auto, auto) {});
  ASSERT_TRUE(two) << two.error().message;
  const bool bf16 = load_module().value()->has_bf16();
  EXPECT_THAT((*two)->info().description, HasSubstr(bf16 ? ", bf16, 2 threads" : ", fp32, 2 thr"));
}

TEST(OpenCpuLane, WithoutTheModuleSaysWhereItLooked) {
  ASSERT_EQ(setenv("YOLOFLEET_MODULE_DIR", YOLOFLEET_STALE_MODULE_DIR, 1), 0);
  const auto lane = open_cpu_lane(small_network(), {}, Precision::kFp32, [](auto, auto) {});
  ASSERT_EQ(unsetenv("YOLOFLEET_MODULE_DIR"), 0);
  ASSERT_FALSE(lane);
  EXPECT_EQ(lane.error().code, ErrorCode::kMismatch);
}

TEST(OpenCpuLane, ANetworkWithoutWeightsIsRefused) {
  graph::Network network = small_network();
  std::get<graph::Convolution>(network.layers()[0].operation).weights = {};
  const auto lane = open_cpu_lane(network, {}, Precision::kFp32, [](auto, auto) {});
  ASSERT_FALSE(lane);
  EXPECT_EQ(lane.error().code, ErrorCode::kInvalidArgument);
}

TEST(Module, NamesItselfAndTheCpu) {
  const Module* module = load_module().value();
  EXPECT_THAT(module->runtime(), MatchesRegex("OpenVINO [0-9.]+"));
  EXPECT_FALSE(module->cpu_name().empty());
  EXPECT_EQ(module, load_module().value());
}

}  // namespace
}  // namespace yolofleet::backend::cpu
