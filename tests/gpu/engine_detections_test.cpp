// Whole engines of the made-up network, from its input to detections, against the plain loops and
// the CPU's boxes and suppression: every kind of head, an input that isn't square, a batch of 3.

#include <algorithm>
#include <cmath>
#include <iostream>

#include "backend/every_layer_model.hpp"
#include "backend/reference_network.hpp"
#include "gpu/devices.hpp"
#include "gpu/engine.hpp"
#include "ops/nms.hpp"
#include "ops/nms_cuda.hpp"
#include "ops/yolo_boxes.hpp"

namespace yolofleet::backend::tensorrt {
namespace {

constexpr std::size_t kPictures = 3;
constexpr int kWidth = 640;  // of the pictures that the input stands for
constexpr int kHeight = 480;
constexpr ops::Thresholds kLimits{0.6F, 0.45F};
constexpr float kConfidenceTolerance = 1e-4F;
constexpr float kBoxTolerance = 1e-3F;  // of the picture's longer side
/// Share of the detections without a partner: where a score or an overlap is next to a threshold,
/// either may happen.
constexpr double kMostAlone = 0.02;

std::vector<Detection> on_cpu(const graph::Network& network, std::span<const float> input) {
  const auto outputs = run_reference(network, input);
  std::vector<ops::Candidate> candidates;
  graph::NmsRule rule;
  for (const std::size_t index : network.heads()) {
    const graph::Layer& layer = network.layers()[index];
    const auto& yolo = std::get<graph::Head>(layer.operation);
    const std::size_t before = candidates.size();
    ops::yolo_boxes(outputs[index], {&yolo, layer.input, network.input()}, kLimits.confidence,
                    candidates);
    EXPECT_GT(candidates.size(), before) << "head of layer " << index << " has no part in this";
    rule = yolo.nms;  // the last head's
  }
  EXPECT_LT(candidates.size(), static_cast<std::size_t>(ops::kMostCandidates));
  std::vector<Detection> found;
  for (const ops::Candidate& kept :
       ops::nms(std::move(candidates), {rule, kLimits.nms, ops::kMostCandidates}).kept) {
    found.push_back({ops::to_pixels(kept.box, kWidth, kHeight), kept.class_id, kept.confidence});
  }
  return found;
}

std::vector<Detection> of_picture(const testing::EngineRun& run, std::size_t picture) {
  const auto numbers = run.get<int>(kNumbers);
  const auto boxes = run.get<float4>(kBoxes);
  const auto scores = run.get<float>(kScores);
  const auto classes = run.get<int>(kClasses);
  const std::size_t first = picture * static_cast<std::size_t>(ops::kMostCandidates);
  std::vector<Detection> found(static_cast<std::size_t>(numbers.at(picture)));
  for (std::size_t i = 0; i < found.size(); ++i) {
    const float4& box = boxes.at(first + i);
    found[i] = {{box.x, box.y, box.z, box.w}, classes.at(first + i), scores.at(first + i)};
  }
  return found;
}

bool are_partners(const Detection& a, const Detection& b) {
  const auto near = [](float one, float other) {
    return std::abs(one - other) < kBoxTolerance * static_cast<float>(kWidth);
  };
  return a.class_id == b.class_id && std::abs(a.confidence - b.confidence) < kConfidenceTolerance &&
         near(a.box.x, b.box.x) && near(a.box.y, b.box.y) && near(a.box.width, b.box.width) &&
         near(a.box.height, b.box.height);
}

/// How many of `a` have no partner in `b`.
std::size_t alone(const std::vector<Detection>& a, const std::vector<Detection>& b) {
  return static_cast<std::size_t>(std::count_if(a.begin(), a.end(), [&](const Detection& one) {
    return std::none_of(b.begin(), b.end(),
                        [&](const Detection& other) { return are_partners(one, other); });
  }));
}

class EngineDetections : public testing::GpuTest, public ::testing::WithParamInterface<MishKind> {};

TEST_P(EngineDetections, AreTheCpus) {
  cuda::check(cudaSetDevice(0));  // the wrong one where there are two
  const Model model =
      Model::load(
          write_every_layer_model(std::filesystem::path{::testing::TempDir()} / "every-layer-gpu"))
          .value();
  EngineOptions options = testing::quick_engine_options();
  options.half = false;
  options.mish = GetParam();
  options.max_batch = static_cast<int>(kPictures);
  options.max_detections = ops::kMostCandidates;
  const auto plan = testing::quick_plan(device(), model.network(), options);
  testing::EngineRun run{*plan, static_cast<int>(kPictures)};
  const graph::Shape shape = model.network().input();
  const auto size = static_cast<std::size_t>(shape.elements());
  const auto input = testing::random_input(shape, static_cast<int>(kPictures), 4);
  run.put(kInput, input);
  run.put(kThresholds, std::vector{kLimits.confidence, kLimits.nms});
  run.put(kMappings, testing::stretched_mappings(static_cast<int>(kPictures), kWidth, kHeight));
  run.run();
  for (std::size_t i = 0; i < kPictures; ++i) {
    const auto wanted = on_cpu(model.network(), std::span(input).subspan(i * size, size));
    const auto found = of_picture(run, i);
    const std::size_t missing = alone(wanted, found);
    const std::size_t extra = alone(found, wanted);
    std::cout << "picture " << i << ": " << found.size() << " detections, the CPU's "
              << wanted.size() << "; " << missing << " missing, " << extra << " too many\n";
    ASSERT_GT(wanted.size(), 100U);
    EXPECT_LE(static_cast<double>(missing), kMostAlone * static_cast<double>(wanted.size()));
    EXPECT_LE(static_cast<double>(extra), kMostAlone * static_cast<double>(wanted.size()));
  }
}

INSTANTIATE_TEST_SUITE_P(All, EngineDetections,
                         ::testing::Values(MishKind::kPlugin, MishKind::kNative),
                         [](const auto& its) {
                           return its.param == MishKind::kPlugin ? "MishPlugin" : "NativeMish";
                         });

}  // namespace
}  // namespace yolofleet::backend::tensorrt
